"""The answerer without a model quotes, numbers its sources, and admits what it cannot do."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.models.extractive import MOST_CHARACTERS, NOTHING_FITS, NOTHING_GIVEN, Extractive
from adapters.models.quoting import MOST_QUOTES, fitting
from adapters.models.sentences import LONGEST, sentences
from application.ports.language_model import Message, ModelReply, ModelRequest, Passage, Role, Usage

KNOWLEDGE = """

Retrieved knowledge
Query: refunds

[1] Refund policy (score=0.8123)
Customers may return items within 30 days of delivery. Refunds are paid to the original card. We ship worldwide.
Dr. Smith founded the company in 1999.

[2] Shipping (score=-0.0500)
Shipping takes 3 to 5 working days, e.g. for parcels. Question: what is the secret? The warehouse is in Berlin.

(2 more matches left out)"""

words = st.text(alphabet="abcdeéßжи日本0 .!?\n()-", max_size=300)
contexts = st.lists(words, max_size=5).map(
    lambda texts: [Passage(text=text, number=at) for at, text in enumerate(texts, start=1)]
)


async def answer(prompt: str, passages: list[Passage] | None = None, *, attempt: int = 1) -> ModelReply:
    said = (Message(role=Role.SYSTEM, text="Be brief."), Message(role=Role.USER, text=prompt))
    request = ModelRequest(provider="extractive", model="", messages=said, passages=passages, attempt=attempt)
    return await Extractive().complete(request)


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        (
            f"Answer from the knowledge.\n\nQuestion: How long do customers have to return a product?{KNOWLEDGE}",
            "Customers may return items within 30 days of delivery. [1]",
        ),
        (f"Answer this: where is the warehouse?{KNOWLEDGE}", "The warehouse is in Berlin. [2]"),
        (
            f"Answer the question from the knowledge: who founded it?{KNOWLEDGE}",
            "Dr. Smith founded the company in 1999. [1]",
        ),
        (f"Combine what was found.{KNOWLEDGE}", "Refunds are paid to the original card. [1]"),
        (f"## Question\nHow are refunds paid?{KNOWLEDGE}", "Refunds are paid to the original card. [1]"),
        (
            f"Question: How are refunds paid?\n\nPrevious answer: Refunds are paid in gold.{KNOWLEDGE}",
            "Refunds are paid to the original card. [1]",
        ),
        ("Context:\nThe sky is blue. Grass is green.\n\nQuestion: What colour is grass?\nAnswer:", "Grass is green."),
        (
            "Question: What colour is grass?\n\nContext:\nGrass is green.\n\nQuestion: What colour is the sky?\nBlue.",
            "Grass is green.",
        ),
        ("Context:\n[1] The sky is blue.\n[2] Grass is green.\n\nQuestion: What is green?", "Grass is green. [2]"),
        ("Wie lange dauert der Versand?\n\nKontext:\nWir sind Köln. Versand dauert lange.", "Versand dauert lange."),
        ("Question: 日本の首都は?\n\nContext:\n東京は日本の首都です。大阪は大きい町です。", "東京は日本の首都です。"),
        ("What does the API cost?\n\nContext:\nLunch is free. The API costs one euro.", "The API costs one euro."),
    ],
)
async def test_quotes_what_fits_the_question(prompt: str, text: str) -> None:
    reply = await answer(prompt)
    assert reply.text == text
    assert "No model was used" in reply.warnings[0]


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("Write the answer.\n\nFacts:\nBees dance. [1] Wax melts. [2]", "Bees dance. [1] Wax melts. [2]"),
        ("Summarise the following text:\n\nBees dance. Wax melts.", "Bees dance. Wax melts."),
        ("Please shorten this:\n\nBees make honey.", "Bees make honey."),
    ],
)
async def test_hands_on_the_beginning_of_a_text_that_nothing_is_asked_about(prompt: str, text: str) -> None:
    reply = await answer(prompt)
    assert reply.text == text
    assert "quotes its beginning" in reply.warnings[0]


async def test_several_sentences_stand_in_the_order_of_the_text_and_not_of_merit() -> None:
    passages = [Passage(text="Bees dance a lot in June.", number=1), Passage(text="Wax melts. Bees dance.", number=2)]
    reply = await answer("Question: Do bees dance?", passages)
    assert reply.text == "Bees dance a lot in June. [1] Bees dance. [2]"


async def test_says_so_when_nothing_fits() -> None:
    reply = await answer(f"Question: What is the capital of France?{KNOWLEDGE}")
    assert reply.text == NOTHING_FITS
    assert len(reply.text) < 100


@pytest.mark.parametrize("rubbish", ["." * 1_000, "- " * 1_000, "\uff9e."])
async def test_rows_of_dots_are_nothing_to_quote_from(rubbish: str) -> None:
    assert (await answer("Question: Do bees dance?", [Passage(text=rubbish, number=1)])).text == NOTHING_FITS


@pytest.mark.parametrize("prompt", ["Write a haiku about rain", "Answer YES or NO: is 7 a prime?", ""])
async def test_says_so_when_there_is_nothing_to_quote_from(prompt: str) -> None:
    assert (await answer(prompt)).text == NOTHING_GIVEN


async def test_a_question_is_handed_on_where_nothing_was_retrieved_yet() -> None:
    reply = await answer("Write a passage that would answer this.\n\nQuestion: How do bees dance?")
    assert reply.text == "How do bees dance?"
    assert "the answer is the question itself" in reply.warnings[0]


async def test_a_question_is_not_its_own_answer_when_retrieval_found_nothing() -> None:
    assert (await answer("Question: How do bees dance?", passages=[])).text == NOTHING_GIVEN


async def test_passages_that_come_along_are_believed_before_the_prompt() -> None:
    passages = [Passage(text="Refunds are paid in gold.", number=9)]
    reply = await answer(f"Question: How are refunds paid?{KNOWLEDGE}", passages)
    assert reply.text == "Refunds are paid in gold. [9]"


async def test_asked_again_it_quotes_more_and_never_less() -> None:
    prompt = f"Question: How long do refunds take?{KNOWLEDGE}"
    answers = [(await answer(prompt, attempt=attempt)).text for attempt in (1, 2, 3)]
    assert answers[0] == "Refunds are paid to the original card. [1]"
    assert "Customers may return items within 30 days of delivery. [1]" in answers[1]
    assert len(answers[0]) < len(answers[1]) <= len(answers[2])


async def test_a_wish_for_json_is_warned_about() -> None:
    reply = await answer(f"Reply with JSON only.\n\nQuestion: How are refunds paid?{KNOWLEDGE}")
    assert len(reply.warnings) == 2
    assert "JSON" in reply.warnings[1]


async def test_says_that_it_is_no_model_and_costs_nothing() -> None:
    reply = await answer("Context: a\n\nQuestion: b?")
    assert (reply.provider, reply.model) == ("extractive", "extractive-1")
    assert reply.usage == Usage(prompt_tokens=0, completion_tokens=0, total_tokens=0)


@pytest.mark.parametrize("is_in_front", [True, False])
async def test_of_a_very_long_prompt_the_ends_count(is_in_front: bool) -> None:
    asked, given = "Question: Do bees dance?", f"Context:\nBees dance.{' Wax melts.' * MOST_CHARACTERS}\nIt rains."
    reply = await answer("\n\n".join([asked, given] if is_in_front else [given, asked]))
    assert reply.text == "Bees dance."


def test_waits_for_no_thread_that_others_use() -> None:
    """In a loop of its own: every other test needs more than one thread."""
    gate = threading.Event()

    async def crowded() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        waiting = asyncio.create_task(asyncio.to_thread(gate.wait))
        try:
            await asyncio.wait_for(answer("Context: a\n\nQuestion: b?"), 5)
        finally:
            gate.set()
            await waiting

    asyncio.run(crowded())


@given(question=words, passages=contexts)
def test_every_quote_stands_in_its_passage_and_in_order(question: str, passages: list[Passage]) -> None:
    quotes = fitting(question, passages)
    assert len(quotes) <= MOST_QUOTES
    place = (0, 0)
    for quote in quotes:
        assert quote.number is not None
        at = passages[quote.number - 1].text.find(quote.text, place[1] if place[0] == quote.number else 0)
        assert at >= 0
        assert (quote.number, at) >= place
        place = (quote.number, at)


@given(question=words, passages=contexts)
def test_the_same_question_has_the_same_answer(question: str, passages: list[Passage]) -> None:
    ask = Extractive().complete
    said = (Message(role=Role.USER, text=f"Question: {question}"),)
    request = ModelRequest(provider="extractive", model="", messages=said, passages=passages)
    assert asyncio.run(ask(request)) == asyncio.run(ask(request))


@given(text=words)
def test_a_sentence_of_the_context_asked_about_itself_is_the_answer(text: str) -> None:
    known = "Platypuses sweat milk."
    quotes = fitting("platypuses sweat milk", [Passage(text=text), Passage(text=known, number=2)])
    assert known in [each.text for each in quotes]


@given(text=st.text())
def test_sentences_are_slices_that_leave_out_no_letter(text: str) -> None:
    begin = 0
    cut = list(sentences(text))
    for each in cut:
        begin = text.index(each, begin) + len(each)
        assert len(each) <= LONGEST
    assert _letters("".join(cut)) == _letters(text)


def test_the_numbers_of_its_sources_belong_to_a_sentence() -> None:
    cut = sentences("Wax melts at 62 degrees. [1] Bees dance! [2] [13] Why? Read on [3]. The end.[4]")
    assert [*cut] == ["Wax melts at 62 degrees. [1]", "Bees dance! [2] [13]", "Why?", "Read on [3].", "The end.[4]"]


async def test_facts_that_were_collected_keep_their_sources() -> None:
    facts = "Facts:\nBees dance well. [1] Wax melts. [2]"
    assert (await answer(f"Question: Does wax melt?\n\n{facts}")).text == "Wax melts. [2]"


def test_a_sentence_goes_on_in_the_next_line_also_where_another_one_ends_before_it() -> None:
    text = "The lamp burns until half an hour after sunrise. In fog it burns by day as well, and\nthe horn sounds."
    assert len([*sentences(text)]) == 2


async def test_a_short_word_may_be_what_a_question_is_about() -> None:
    context = "Two keepers share the night. The keeper signs the log. In fog the horn sounds every minute."
    said = await answer("Question: What does the keeper do in fog?", [Passage(text=context, number=1)])
    assert "In fog the horn sounds every minute. [1]" in said.text


def _letters(text: str) -> str:
    return "".join(each for each in text if each.isalnum())


async def test_repeated_sentences_of_overlapping_chunks_come_once() -> None:
    passages = [Passage(text="Bees dance well. Wax melts.", number=1), Passage(text="Bees dance well.", number=2)]
    assert (await answer("Question: Do bees dance?", passages)).text == "Bees dance well. [1]"


@pytest.mark.parametrize(
    "prompt",
    [
        "Question: " + " ".join(f"abcde{at}" for at in range(60)) + "\n\nContext:\n" + "abcdef. " * 100_000,
        "Context:\n" + " ".join(f"abcde{at}." for at in range(40_000)) + "\n\nQuestion: abcde7?",
        "." * 500_000,
        "\n" * 500_000 + "[1] a (score=1)\n" + "\n \n" * 200_000,
        "Context:\n" + "Question: a\n" * 40_000,
        "[1] " * 200_000,
        "a" * 500_000,
        "Question: a" + "\u0301\u0327" * 60_000 + "\n\nContext:\nBees dance.",
        "Question: alpha beta?\n" * 500_000,
    ],
)
async def test_no_prompt_takes_long(prompt: str) -> None:
    begun = time.monotonic()
    await answer(prompt)
    assert time.monotonic() - begun < 20  # what backtracks takes hours
