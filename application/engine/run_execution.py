"""One run, from its claim to its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from application.engine.run import NodeResult, Run
from application.engine.run_node import RunNode, Tried
from application.nodes.config_reader import ConfigReader
from application.nodes.node import Node, NodeContext, NodeMisconfigured, RunLog
from application.ports.clock import Clock
from application.ports.http_fetcher import HttpFetcher
from application.ports.run_journal import Claim, Recollection, RunJournal
from application.ports.schema_validator import SchemaValidator
from application.ports.script_sandbox import ScriptSandbox
from domain.executions.context import Context, RetrievalBudget
from domain.executions.execution import ExecutionStatus
from domain.executions.plan import UnrunnableGraph, plan
from domain.executions.progress import Progress
from domain.executions.retry import read_retry_policy
from domain.values.json import JsonObject
from domain.workflows.graph import GraphNode


@dataclass(frozen=True, slots=True, kw_only=True)
class RunExecution:
    """Execute what is left of a claimed run, node by node, each recorded before the next begins.

    Recorded steps are checkpoints: a resumed run continues after the last of them. Raise LeaseLost when the run
    turns out to belong to somebody else or to be over; nothing is written then.
    """

    journal: RunJournal
    catalogue: Mapping[str, type[Node]]
    schemas: SchemaValidator
    scripts: ScriptSandbox
    fetcher: HttpFetcher
    clock: Clock
    log: RunLog
    budget: RetrievalBudget = field(default_factory=RetrievalBudget)

    async def __call__(self, claim: Claim) -> ExecutionStatus:
        recalled = await self.journal.recall(claim) if claim.is_resumed else Recollection()
        run = Run(claim, recalled, journal=self.journal, clock=self.clock, budget=self.budget)
        try:
            planned = plan(claim.graph)
        except UnrunnableGraph as complaint:
            return await run.refuse(f"Invalid workflow DAG: {complaint}")
        progress = run.follow(planned)
        for wave in planned.waves:
            for node in wave.nodes:
                if progress.halt is not None:
                    return await run.finish(progress)
                if progress.is_settled(node):
                    continue
                if node is wave.nodes[0]:
                    run.enter_wave(wave, of=len(planned.waves))
                await self._work_on(node, run, progress)
        return await run.finish(progress)

    async def _work_on(self, node: GraphNode, run: Run, progress: Progress) -> None:
        """Whether a node runs at all is decided before its config is looked at: an untaken branch may be unfinished."""
        run.enter_node(node)
        if not progress.is_reachable(node):
            await run.pass_over(node, progress)
            return
        begun = self.clock.monotonic()
        result = await self._result_of(node, run, progress)
        spent = max(0, round((self.clock.monotonic() - begun) * 1000))
        await run.settle(node, result.taking(duration_ms=spent), progress)

    async def _result_of(self, node: GraphNode, run: Run, progress: Progress) -> NodeResult:
        kind = self.catalogue.get(node.type)
        if kind is None:
            return NodeResult.refused(self._unknown(node))
        fields = ConfigReader(node.config)
        configured = kind.configured(fields)
        if fields.faults:
            said = "; ".join(fault.message for fault in fields.faults)
            return _invalid(node, said)
        if _wants_retrieval(node):
            return NodeResult.refused("Retrieval before a node runs is not available in this version")
        received = progress.assembled_input(node)
        trying = RunNode(
            node=configured,
            policy=read_retry_policy(node.config),
            clock=self.clock,
            report_crash=lambda failure: self._report(failure, node, run.claim),
        )
        try:
            tried = await trying(received, run.context, lambda context: self._seen(node, run.claim, context))
        except NodeMisconfigured as fault:
            return _invalid(node, str(fault))
        run.context = tried.context
        return _as_result(received, tried)

    def _unknown(self, node: GraphNode) -> str:
        return f'Unknown node type "{node.type}". Available types: {", ".join(self.catalogue)}'

    def _seen(self, node: GraphNode, claim: Claim, context: Context) -> NodeContext:
        return NodeContext(
            execution_id=claim.execution_id,
            workflow_id=claim.workflow_id,
            node_id=node.id,
            memory=context.memory,
            control=context.control,
            now=self.clock.now(),
            log=self.log,
            schemas=self.schemas,
            scripts=self.scripts,
            fetcher=self.fetcher,
        )

    def _report(self, failure: Exception, node: GraphNode, claim: Claim) -> None:
        self.log.write(
            "error",
            "a node crashed",
            executionId=str(claim.execution_id),
            nodeId=node.id,
            nodeType=node.type,
            error=type(failure).__name__,
            where=_deepest_frame(failure),
        )


def _invalid(node: GraphNode, said: str) -> NodeResult:
    return NodeResult.refused(f'Node "{node.id}" ({node.type}) validation failed: {said}')


def _deepest_frame(failure: Exception) -> str:
    trace = failure.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def _as_result(received: JsonObject, tried: Tried) -> NodeResult:
    if tried.output is None:
        return NodeResult(received=received, error=tried.error, attempts=tried.attempts)
    return NodeResult(
        received=received, data=tried.output.data, produced=tried.output.produced, attempts=tried.attempts
    )


def _wants_retrieval(node: GraphNode) -> bool:
    retrieval = node.config.get("retrieval")
    return isinstance(retrieval, dict) and retrieval.get("enabled") is not False
