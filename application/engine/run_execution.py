"""One run, from its claim to its end."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from application.engine.looked_up import NOTHING_LOOKED_UP, LookedUp
from application.engine.run import NodeResult, Run
from application.engine.run_node import RunNode, crash_text
from application.engine.stretches import first_stretch
from application.models.ask_model import AskModel
from application.nodes.config_reader import ConfigReader
from application.nodes.node import Node, NodeContext, NodeFailed, NodeMisconfigured, RunLog
from application.ports.clock import Clock
from application.ports.http_fetcher import HttpFetcher
from application.ports.knowledge import KnowledgeIngestion, KnowledgeSearch
from application.ports.run_journal import Claim, Recollection, RunJournal
from application.ports.schema_validator import SchemaValidator
from application.ports.script_sandbox import ScriptSandbox
from application.ports.workflow_memory import WorkflowMemory
from application.retrieval.read_retrieval import RetrievalPlan, read_retrieval
from application.retrieval.retrieve_before import Retrieved, retrieve_before
from domain.errors import Unavailable
from domain.executions.attempt import AttemptStatus
from domain.executions.context import Context, RetrievalBudget
from domain.executions.execution import ExecutionStatus
from domain.executions.limits import RunLimits
from domain.executions.plan import UnrunnableGraph, Wave, plan
from domain.executions.progress import Progress
from domain.executions.rerun import Again, judged_again, times_asked
from domain.executions.retry import RetryDirective, has_retry_policy, read_retry_policy
from domain.values.interpolation import FilledTooLarge
from domain.values.json import JsonObject
from domain.values.json_size import json_size, size_text
from domain.workflows.graph import GraphNode


@dataclass(frozen=True, slots=True, kw_only=True)
class RunExecution:
    """Execute what is left of a claimed run, each node recorded in its place in the order.

    Nodes of one wave are worked on at the same time where that cannot change what goes on record. Recorded steps are
    checkpoints: a resumed run continues after the last of them. Raise LeaseLost when the run turns out to belong to
    somebody else or to be over; nothing is written then.
    """

    journal: RunJournal
    catalogue: Mapping[str, type[Node]]
    schemas: SchemaValidator
    scripts: ScriptSandbox
    fetcher: HttpFetcher
    memory: WorkflowMemory
    search: KnowledgeSearch
    ingestion: KnowledgeIngestion
    ask_model: AskModel
    clock: Clock
    log: RunLog
    budget: RetrievalBudget = field(default_factory=RetrievalBudget)
    limits: RunLimits = field(default_factory=RunLimits)

    async def __call__(self, claim: Claim) -> ExecutionStatus:
        recalled = await self.journal.recall(claim) if claim.is_resumed else Recollection()
        run = Run(claim, recalled, journal=self.journal, clock=self.clock, budget=self.budget, limits=self.limits)
        try:
            planned = plan(claim.graph)
        except UnrunnableGraph as complaint:
            return await run.refuse(f"Invalid workflow DAG: {complaint}")
        progress = run.follow(planned)
        while progress.halt is None and (ahead := progress.next_wave()) is not None:
            wave, left = ahead
            stretch = first_stretch(left, self.catalogue, most=self.limits.concurrent_nodes)
            await self._work_on(stretch, wave, run, progress)
            run.mind_the_time(progress)
        return await run.finish(progress)

    async def _work_on(self, stretch: Sequence[GraphNode], wave: Wave, run: Run, progress: Progress) -> None:
        """At the nodes of a stretch together; on record they go one after the other.

        What is still at work when one of them ends the run, or makes it go back, is given up: in strict sequence it
        would not have begun.
        """
        at_work = [
            asyncio.create_task(self._timed_result(node, wave, run, progress)) if progress.is_reachable(node) else None
            for node in stretch
        ]
        try:
            for node, task in zip(stretch, at_work, strict=True):
                run.enter(node, wave, progress)
                if task is None:
                    await run.pass_over(node, progress)
                elif not await self._settle(node, run.take_in(await task), run, progress):
                    return
                if progress.halt is not None:
                    return
        finally:
            await _given_up([task for task in at_work if task is not None and not task.done()])

    async def _settle(self, node: GraphNode, result: NodeResult, run: Run, progress: Progress) -> bool:
        """Put on record what became of a node. False when the run has to go back to an earlier one."""
        wish = _wish_for_others(result)
        if wish is None:
            await run.settle(node, result, progress)
            return True
        decision = judged_again(
            wish,
            asked=times_asked(progress.earlier(node.id)),
            own=read_retry_policy(node.config) if has_retry_policy(node.config) else None,
            maker=self._maker(wish, node, progress),
            control=run.context.control,
        )
        if isinstance(decision, Again):
            await run.rewind(node, result, wish.reason, decision, progress)
            await self.clock.sleep(decision.delay_ms / 1000)
            return False
        verdict = AttemptStatus.FAILED if decision.is_failure else AttemptStatus.COMPLETED
        await run.settle(node, result.judged(verdict, decision.why), progress)
        return True

    def _maker(self, wish: RetryDirective, node: GraphNode, progress: Progress) -> GraphNode | None:
        """A trigger only says again what the run was started with."""
        maker = progress.maker_of(wish.of or "", node)
        is_given = maker is not None and self.catalogue[maker.type].category == "trigger"
        return None if is_given else maker

    async def _timed_result(self, node: GraphNode, wave: Wave, run: Run, progress: Progress) -> NodeResult:
        begun = self.clock.monotonic()
        try:
            result = await self._result_of(node, wave, run, progress)
        except FilledTooLarge as failure:
            result = NodeResult.refused(str(failure))
        except Unavailable:
            raise
        except Exception as failure:
            self._report(failure, node, run.claim)
            result = NodeResult.refused(crash_text(failure))
        return result.taking(duration_ms=max(0, round((self.clock.monotonic() - begun) * 1000)))

    async def _result_of(self, node: GraphNode, wave: Wave, run: Run, progress: Progress) -> NodeResult:
        """Whether the node runs at all was decided before: the config of an untaken branch may be unfinished."""
        kind = self.catalogue.get(node.type)
        if kind is None:
            return NodeResult.refused(self._unknown(node))
        fields = ConfigReader(node.config)
        configured, retrieval = kind.configured(fields), read_retrieval(fields)
        if fields.faults:
            return _invalid(node, "; ".join(fault.message for fault in fields.faults))
        received, view = run.input_of(node, progress), self._view(node, wave, run, progress)
        if retrieval is None:
            return await self._tried(configured, node, received, NOTHING_LOOKED_UP, view, run, progress)
        try:
            retrieved = await self._retrieved(retrieval, received, view(run.context), run)
        except NodeFailed as failure:
            spent = LookedUp(patch=failure.patch, events=failure.retrievals)
            return NodeResult.refused(str(failure), before=spent)
        received = {**received, retrieved.inject_as: retrieved.value}
        before = LookedUp(patch=retrieved.patch, events=retrieved.events)
        return await self._tried(configured, node, received, before, view, run, progress)

    async def _retrieved(self, plan: RetrievalPlan, received: JsonObject, seen: NodeContext, run: Run) -> Retrieved:
        """Raise NodeFailed also when it takes longer than an attempt at a node may."""
        limit = asyncio.timeout(min(self.limits.node_seconds, run.time_left()))
        try:
            async with limit:
                return await retrieve_before(plan, received, seen)
        except TimeoutError as passed:
            if not limit.expired():
                raise
            raise NodeFailed("Retrieval took longer than a node or the run may") from passed

    async def _tried(
        self,
        configured: Node,
        node: GraphNode,
        received: JsonObject,
        before: LookedUp,
        view: Callable[[Context], NodeContext],
        run: Run,
        progress: Progress,
    ) -> NodeResult:
        most = self.limits.step_bytes
        if json_size(received, most=most) > most:
            said = f"What it receives is larger than {size_text(most)} of JSON, the most that a step may"
            return NodeResult.refused(said, before=before)
        trying = RunNode(
            node=configured,
            policy=read_retry_policy(node.config),
            limits=self.limits,
            clock=self.clock,
            time_left=run.time_left,
            report_crash=lambda failure: self._report(failure, node, run.claim),
            sizes=run.sizes,
            before=progress.attempts_before(node.id),
        )
        context = run.context if before.patch is None else run.context.patched(before.patch, at=self.clock.now())
        try:
            tried = await trying(received, context, view)
        except NodeMisconfigured as fault:
            return _invalid(node, str(fault), before=before)
        return NodeResult.of(tried, received, before=before)

    def _unknown(self, node: GraphNode) -> str:
        return f'Unknown node type "{node.type}". Available types: {", ".join(self.catalogue)}'

    def _view(self, node: GraphNode, wave: Wave, run: Run, progress: Progress) -> Callable[[Context], NodeContext]:
        """What `node` may know of its run, given the context as it is by then."""
        outputs = progress.outputs_before(wave)

        def seen(context: Context) -> NodeContext:
            return NodeContext(
                execution_id=run.claim.execution_id,
                workflow_id=run.claim.workflow_id,
                owner_id=run.claim.owner_id,
                node_id=node.id,
                round=progress.round_of(node.id),
                memory=context.memory,
                control=context.control,
                retrieval=context.retrieval,
                now=self.clock.now(),
                outputs=outputs,
                clock=self.clock,
                log=self.log,
                schemas=self.schemas,
                scripts=self.scripts,
                fetcher=self.fetcher,
                workflow_memory=self.memory,
                search=self.search,
                ingestion=self.ingestion,
                ask_model=self.ask_model,
            )

        return seen

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


async def _given_up(tasks: Sequence[asyncio.Task[NodeResult]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _invalid(node: GraphNode, said: str, *, before: LookedUp = NOTHING_LOOKED_UP) -> NodeResult:
    return NodeResult.refused(f'Node "{node.id}" ({node.type}) validation failed: {said}', before=before)


def _wish_for_others(result: NodeResult) -> RetryDirective | None:
    output = result.tried.output if result.tried else None
    wish = output.retry if output else None
    return wish if wish is not None and wish.of is not None else None


def _deepest_frame(failure: Exception) -> str:
    trace = failure.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
