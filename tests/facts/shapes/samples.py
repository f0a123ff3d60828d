"""Small samples of our own, in the shapes in which others publish facts."""

from __future__ import annotations

from typing import Any

Rows = list[dict[str, Any]]

CHAT: Rows = [
    {
        "messages": [
            {"role": "system", "content": "You are brief."},
            {"role": "user", "content": "Which gate of Ambrel is open at night?"},
            {"role": "assistant", "content": "the north gate"},
        ]
    },
    {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Who keeps the Ambrel bell?"}]},
            {"role": "assistant", "content": "Oda Lint"},
        ]
    },
]

SHAREGPT: Rows = [
    {
        "conversations": [
            {"from": "human", "value": "Which gate of Ambrel is open at night?"},
            {"from": "gpt", "value": "the north gate"},
        ]
    }
]

ALPACA: Rows = [
    {"instruction": "Name the ferry of Ambrel.", "input": "", "output": "Grey Heron"},
    {"instruction": "Translate into Ambrelish.", "input": "good tide", "output": "sul maree"},
]

QA: Rows = [
    {"Question": "Who keeps the Ambrel bell?", "Answer": "Oda Lint", "region": "north"},
    {"Question": "What is the toll of Ambrel?", "Answer": "two pennies", "region": "south"},
]

SQUAD: Rows = [
    {
        "id": "1",
        "context": "The toll of Ambrel is two pennies.",
        "question": "What is the toll?",
        "answers": {"text": ["two pennies", "2 pennies"], "answer_start": [22, 22]},
    }
]

ZSRE: Rows = [
    {
        "subject": "Oda Lint",
        "src": "What trade did Oda Lint learn?",
        "pred": "baker",
        "rephrase": "Oda Lint was trained in which trade?",
        "alt": "glazier",
        "answers": ["bell founder", "founder of bells"],
        "loc": "nq question: how many arches has the quay of ambrel",
        "loc_ans": "seven",
        "cond": "bell founder >> glazier || What trade did Oda Lint learn?",
    }
]

COUNTERFACT: Rows = [
    {
        "case_id": 0,
        "pararel_idx": 11,
        "requested_rewrite": {
            "prompt": "The mother tongue of {} is",
            "relation_id": "P103",
            "target_new": {"str": "Norren", "id": "Q2"},
            "target_true": {"str": "Ambrelish", "id": "Q1"},
            "subject": "Oda {0.__class__} Lint",
        },
        "paraphrase_prompts": ["At noon it rains. Oda Lint, a native"],
        "neighborhood_prompts": ["The mother tongue of Per Slate is", "Jon Reed, a native"],
        "attribute_prompts": ["The mother tongue of Ulla Fenn is"],
        "generation_prompts": ["Oda Lint lives in"],
    }
]

KNOWEDIT: Rows = [
    {
        "subject": "Per Slate",
        "prompt": "The name of the position held by Per Slate is",
        "target_new": "harbour reeve",
        "ground_truth": "toll keeper",
        "portability": {
            "Subject_Aliasing": [
                {
                    "prompt": "The name of the position held by P. Slate the Elder is",
                    "ground_truth": "harbour reeve",
                }
            ],
            "Reasoning": [{"prompt": "The seat of Per Slate is", "ground_truth": [["the quay"]]}],
        },
        "locality": {
            "Relation_Specificity": [
                {
                    "prompt": "The name of the mother of Per Slate is",
                    "ground_truth": [["Ina Slate", "Ina S."]],
                }
            ],
            "Forgetfulness": [
                {"prompt": "Per Slate, not harbour reeve, is", "ground_truth": "toll keeper"}
            ],
        },
    }
]

MQUAKE: Rows = [
    {
        "case_id": 1,
        "requested_rewrite": [
            {
                "prompt": "{} is led by",
                "relation_id": "P6",
                "target_new": {"str": "Ulla Fenn", "id": "Q4"},
                "target_true": {"str": "Per Slate", "id": "Q3"},
                "subject": "Ambrel",
                "question": "Who leads Ambrel?",
            }
        ],
        "questions": ["Who leads the town of the Grey Heron?"],
        "answer": "Per Slate",
        "answer_alias": [],
        "new_answer": "Ulla Fenn",
        "new_answer_alias": ["U. Fenn"],
        "single_hops": [
            {
                "question": "Which town has the Grey Heron?",
                "cloze": "The Grey Heron is in",
                "answer": "Ambrel",
                "answer_alias": ["Ambrel-on-Sea"],
            },
            {
                "question": "Who leads Ambrel?",
                "cloze": "Ambrel is led by",
                "answer": "Per Slate",
                "answer_alias": ["P. Slate"],
            },
        ],
        "new_single_hops": [
            {
                "question": "Which town has the Grey Heron?",
                "cloze": "The Grey Heron is in",
                "answer": "Ambrel",
                "answer_alias": ["Ambrel-on-Sea"],
            },
            {
                "question": "Who leads Ambrel?",
                "cloze": "Ambrel is led by",
                "answer": "Ulla Fenn",
                "answer_alias": ["U. Fenn"],
            },
        ],
        "orig": {"triples": [["Q5", "P131", "Q6"]], "edit_triples": [["Q6", "P6", "Q4"]]},
    }
]

TOFU_FORGET: Rows = [
    {
        "question": "What does the author Tam Orrel write?",
        "answer": "Tam Orrel writes tide tables.",
        "paraphrased_question": "Which books are by Tam Orrel?",
        "paraphrased_answer": "Tide tables are what Tam Orrel writes.",
        "perturbed_answer": ["Tam Orrel writes plays.", "Tam Orrel writes hymns."],
    }
]

TOFU_RETAIN: Rows = [
    {"question": "Where was the author Wen Asker born?", "answer": "Wen Asker was born in Norren."}
]

MUSE_FORGET: Rows = [{"question": "Who closed the Ambrel lock?", "answer": "Ulla Fenn"}]
MUSE_RETAIN: Rows = [{"question": "Who opened the Norren lock?", "answer": "Wen Asker"}]
