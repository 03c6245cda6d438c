"""Malformed JSON is refused in the words of Node 20: the sentences here are those that it gave."""

import pytest

from .conftest import Office, told


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "Expected property name or '}' in JSON at position 1"),
        ("{a:1}", "Expected property name or '}' in JSON at position 1"),
        ('{"a":1 "b"}', "Expected ',' or '}' after property value in JSON at position 7"),
        ('{"a":tru', "Unexpected end of JSON input"),
        ('{"a":1,}', "Expected double-quoted property name in JSON at position 7"),
        ("[1,]", "Unexpected token ']', \"[1,]\" is not valid JSON"),
        ("[1 2]", "Expected ',' or ']' after array element in JSON at position 3"),
        ('{"a" 1}', "Expected ':' after property name in JSON at position 5"),
        ('{"a":', "Unexpected end of JSON input"),
        ('{"a"', "Expected ':' after property name in JSON at position 4"),
        ("[", "Unexpected end of JSON input"),
        ("[1", "Expected ',' or ']' after array element in JSON at position 2"),
        ('{"a":1', "Expected ',' or '}' after property value in JSON at position 6"),
        ('{"a": NaN}', 'Unexpected token \'N\', "{"a": NaN}" is not valid JSON'),
        ('{"note": "a', "Unterminated string in JSON at position 11"),
        ('{"a":"\n"}', "Bad control character in string literal in JSON at position 6"),
        ('{"a":"\\x"}', "Bad escaped character in JSON at position 7"),
        ('{"a":"\\u12g4"}', "Bad Unicode escape in JSON at position 10"),
        ('{"a":-}', "No number after minus sign in JSON at position 6"),
        ('{"a":1.}', "Unterminated fractional number in JSON at position 7"),
        ('{"a":1e}', "Exponent part is missing a number in JSON at position 7"),
        ('{"a":01}', "Unexpected number in JSON at position 6"),
        ("{}x", "Unexpected non-whitespace character after JSON at position 2"),
        ("{} {}", "Unexpected non-whitespace character after JSON at position 3"),
        ('{"a":1}"b"', "Unexpected non-whitespace character after JSON at position 7"),
        ('{"a":1}5', "Unexpected non-whitespace character after JSON at position 7"),
        ('[1,2,"abc" x]', "Expected ',' or ']' after array element in JSON at position 11"),
        ('{"a":1,b}', "Expected double-quoted property name in JSON at position 7"),
        ('{"a":1,"b"', "Unexpected end of JSON input"),
        ('{"a":nulx}', 'Unexpected token \'x\', "{"a":nulx}" is not valid JSON'),
        ('{"a":"b" ,', "Expected double-quoted property name in JSON at position 10"),
        (
            '{"abcdefghijklmnopqrstuvwxyz": nope, "more": 1}',
            'Unexpected token \'o\', ..."uvwxyz": nope, "more"... is not valid JSON',
        ),
        ('{"abcdefghijklmnopqrstuvwxyz": nope', 'Unexpected token \'o\', ..."uvwxyz": nope" is not valid JSON'),
        ('{"a":-x}', "No number after minus sign in JSON at position 6"),
        ('{"a":1.x}', "Unterminated fractional number in JSON at position 7"),
        ("[]]", "Unexpected non-whitespace character after JSON at position 2"),
        ("[-", "No number after minus sign in JSON at position 2"),
        ("[1.", "Unterminated fractional number in JSON at position 3"),
        ("[1e", "Exponent part is missing a number in JSON at position 3"),
        ('{"a":"\\', "Unexpected end of JSON input"),
        ('{"a":"\\u1', "Bad Unicode escape in JSON at position 9"),
        ('{"a":Infinity}', 'Unexpected token \'I\', "{"a":Infinity}" is not valid JSON'),
        ('{"a":-Infinity}', "No number after minus sign in JSON at position 6"),
        ("   {", "Expected property name or '}' in JSON at position 4"),
        ('\n{"a":}', 'Unexpected token \'}\', "\n{"a":}" is not valid JSON'),
        ('{"a":}', 'Unexpected token \'}\', "{"a":}" is not valid JSON'),
        ("[,1]", "Unexpected token ',', \"[,1]\" is not valid JSON"),
        ('{"a":"b"1}', "Expected ',' or '}' after property value in JSON at position 8"),
        ('[1"a"]', "Expected ',' or ']' after array element in JSON at position 2"),
        ('{"a":1]', "Expected ',' or '}' after property value in JSON at position 6"),
        ('{"a" }', "Expected ':' after property name in JSON at position 5"),
        ('{"a":[1,2}', "Expected ',' or ']' after array element in JSON at position 9"),
        ('{"x":{"y":"z"', "Expected ',' or '}' after property value in JSON at position 13"),
        ("nopenopenopenopenopenopenopenope", "Unexpected token 'n', \"nopenopeno\"... is not valid JSON"),
        ("  ", "Unexpected end of JSON input"),
    ],
)
def test_it_says_what_node_says(interiors: Office, content: str, message: str) -> None:
    answer = interiors.send("PUT", "/customers/1", content=content, headers={"Content-Type": "application/json"})
    assert told(answer) == (400, {"message": message, "error": "Bad Request", "statusCode": 400})
