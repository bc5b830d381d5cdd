"""What is read in a message: the rules by hand-made rankings, the model trained on a handful of sentences."""

import pickle

import pytest

from bot.language.concepts import Concepts, words
from bot.language.evaluation import table
from bot.language.intents import IntentModel, meaning
from bot.language.reading import COMMAND_WORDS, Context, Reading, read
from bot.language.training_data import sentences
from bot.settings import ROOT
from bot.yaml import load

SENTENCES = {
    "stoppen": ["stop maar", "ik wil hiermee stoppen", "laten we ophouden", "breek dit gesprek af"],
    "terug": ["vorige vraag", "ga een vraag terug", "kan ik terug naar de vorige", "eentje terug graag"],
    "start.apk": ["start de apk", "ik wil de loopbaan-apk doen", "begin met de loopbaancheck", "de apk graag"],
    "start.stop": [
        "start de oefening over burn-out",
        "doe die over vermoeidheid",
        "begin met overbelasting",
        "stop-apk",
    ],
    "vertellen.apk": ["ik twijfel over mijn loopbaan", "wil ik dokter blijven", "ik zoek ander werk", "nog tien jaar"],
    "vertellen.stop": ["ik ben doodmoe", "ik slaap slecht en huil veel", "mijn accu is leeg", "ik ben opgebrand"],
    "vertellen": ["mijn gezin", "ik wil stoppen met de praktijk", "rust en tijd", "minder diensten draaien"],
}


def ranking(**acts: float) -> list[dict[str, object]]:
    return [{"name": name.replace("_", "."), "confidence": sure} for name, sure in acts.items()]


def heard(text: str, context: Context, **acts: float) -> Reading:
    ranked = ranking(**acts)
    return read({"text": text, "intent": ranked[0], "intent_ranking": ranked}, context)


@pytest.fixture(scope="module")
def model() -> IntentModel:
    examples = [(text, intent) for intent, texts in SENTENCES.items() for text in texts]
    return IntentModel().fit([text for text, _ in examples], [intent for _, intent in examples])


def test_an_act_is_as_sure_as_all_its_topics_together() -> None:
    assert heard("alles tegelijk", "idle", stoppen=0.4, vertellen_stop=0.35, vertellen_apk=0.25) == Reading(
        act="vertellen", topic="stop"
    )


def test_an_act_without_topics_is_about_nothing() -> None:
    assert heard("stop", "idle", stoppen=0.9, vertellen_stop=0.1) == Reading(act="stoppen", topic="geen")


def test_a_short_sure_command_inside_a_script_is_obeyed() -> None:
    assert heard("stop maar", "script", stoppen=0.8, vertellen_stop=0.2).act == "stoppen"


def test_an_unsure_command_inside_a_script_is_an_answer() -> None:
    assert heard("stoppen en rusten", "script", stoppen=0.35, vertellen_stop=0.3, pauze=0.3).act == "vertellen"
    assert heard("stoppen en rusten", "idle", stoppen=0.35, vertellen_stop=0.3, pauze=0.3).act == "stoppen"


def test_a_long_message_inside_a_script_is_an_answer() -> None:
    text = "stop " * (COMMAND_WORDS + 1)
    assert heard(text, "script", stoppen=0.9, vertellen_stop=0.1).act == "vertellen"
    assert heard(text, "idle", stoppen=0.9, vertellen_stop=0.1).act == "stoppen"


@pytest.mark.parametrize("courtesy", ["groet", "bedankt"])
def test_who_greets_or_thanks_and_goes_on_to_tell_tells(courtesy: str) -> None:
    told = heard("hoi, ik heb iets gemist", "idle", **{courtesy: 0.7, "vertellen_fout": 0.2, "vertellen_geen": 0.1})
    assert (told.act, told.topic) == ("vertellen", "fout")


def test_a_greeting_that_tells_of_nothing_is_one() -> None:
    assert heard("goedenavond", "idle", groet=0.7, vertellen_fout=0.1, vertellen_geen=0.2).act == "groet"
    assert heard("hier ben ik weer", "idle", groet=0.6, vertellen_geen=0.4).act == "groet"


def test_another_act_stays_so_whatever_it_is_about() -> None:
    assert heard("ik wil die oefening na een fout", "idle", start_fout=0.6, vertellen_fout=0.4).act == "start"


def test_a_message_that_has_no_ranking_is_read_by_its_intent() -> None:
    assert read({"text": "", "intent": {"name": None, "confidence": 0.0}}, "idle") == Reading(act="vertellen")


def test_the_model_ranks_every_intent_once_and_is_sure_of_one_thing_in_all(model: IntentModel) -> None:
    ranked = dict(model.rank("ga terug naar de vorige vraag"))
    assert set(ranked) == {*SENTENCES} - {"vertellen"}
    assert sum(ranked.values()) == pytest.approx(1)
    assert max(ranked, key=ranked.__getitem__) == "terug"


def test_answers_inside_a_script_teach_no_topic(model: IntentModel) -> None:
    assert "vertellen" not in dict(model.rank("mijn gezin"))


def test_a_word_never_seen_is_understood_by_its_family(model: IntentModel) -> None:
    about = dict(model.rank("ik ben bekaf"))
    assert about["vertellen.stop"] > about["vertellen.apk"]


def test_the_model_can_be_put_away_and_taken_out(model: IntentModel) -> None:
    assert pickle.loads(pickle.dumps(model)).rank("stop maar") == model.rank("stop maar")


def test_an_empty_message_is_ranked_too(model: IntentModel) -> None:
    assert model.rank("")


def test_words_are_small_letters_without_accents() -> None:
    assert words("Patiënt én z’n  vróuw, hè?") == ["patient", "en", "z'n", "vrouw", "he", "?"]


def test_a_family_holds_words_beginnings_endings_and_phrases() -> None:
    families = Concepts({"drank": "wijn, bier*, *fles", "grens": "nee zeg*"})
    found = families(words("nee zeggen tegen biertjes, wijnfles en wijnen"))
    assert found == [{"grens"}, {"grens"}, set(), {"drank"}, {"drank"}, set(), set()]


def test_a_phrase_does_not_reach_into_the_next_word() -> None:
    assert Concepts({"grens": "nee zeg*"})(["nee", "zo", "zeg"]) == [set(), set(), set()]


def test_meaning_puts_the_family_in_the_place_of_the_word() -> None:
    assert {"drank", "^ drank"} <= set(meaning("Jenever"))


def test_scores_tell_precision_recall_and_what_was_taken_for_what() -> None:
    lines = list(table([("ja", "ja"), ("ja", "nee"), ("nee", "nee")]))
    assert lines[0].strip() == "right 0.667 of 3"
    assert "precision 0.50  recall 1.00  F1 0.67  n 1" in lines[2]
    assert lines[-1].strip() == "ja as nee 1"


def test_every_intent_of_the_domain_has_sentences_and_the_other_way_round() -> None:
    assert {intent for _, intent in sentences()} == set(load(ROOT / "domain.yml")["intents"])
