/// Templates and their errors, made by docker 28.2.2 on `TemplateTests.data`.
let badRows: [(template: String, message: String)] = [
    (#"{{.n.yy}}"#, #"template parsing error: template: :1:48: executing "" at <.n.yy>: nil pointer evaluating interface {}.yy"#),
    (
        #"{{range $i, $j := 3}}{{$i}}{{end}}"#,
        #"template parsing error: template: :1:62: executing "" at <3>: can't use 3 to iterate over more than one variable"#
    ),
    (#"{{range .d}}x{{end}}"#, #"template parsing error: template: :1:52: executing "" at <.d>: range can't iterate over 1.5"#),
    (#"{{range .t}}x{{end}}"#, #"template parsing error: template: :1:52: executing "" at <.t>: range can't iterate over true"#),
    (#"{{range "abc"}}x{{end}}"#, #"template parsing error: template: :1:52: executing "" at <"abc">: range can't iterate over abc"#),
    (#"{{ nil }}"#, #"template parsing error: template: :1:47: executing "" at <nil>: nil is not a command"#),
    (#"{{ printf 3 }}"#, #"template parsing error: template: :1:54: executing "" at <3>: expected string; found 3"#),
    (
        #"{{ printf .d }}"#,
        #"template parsing error: template: :1:54: executing "" at <.d>: wrong type for value; expected string; got float64"#
    ),
    (#"{{ printf .zz }}"#, #"template parsing error: template: :1:54: executing "" at <.zz>: invalid value; expected string"#),
    (#"{{ len 3 }}"#, #"template parsing error: template: :1:47: executing "" at <len 3>: error calling len: len of type int"#),
    (
        #"{{ len .zz }}"#,
        #"template parsing error: template: :1:47: executing "" at <len .zz>: error calling len: reflect: call of reflect.Value.Type on zero Value"#
    ),
    (
        #"{{ len nil }}"#,
        #"template parsing error: template: :1:47: executing "" at <len nil>: error calling len: reflect: call of reflect.Value.Type on zero Value"#
    ),
    (
        #"{{ index .s 5 }}"#,
        #"template parsing error: template: :1:47: executing "" at <index .s 5>: error calling index: index out of range: 5"#
    ),
    (
        #"{{ index .s -1 }}"#,
        #"template parsing error: template: :1:47: executing "" at <index .s -1>: error calling index: index out of range: -1"#
    ),
    (
        #"{{ index .s "a" }}"#,
        #"template parsing error: template: :1:47: executing "" at <index .s "a">: error calling index: cannot index slice/array with type string"#
    ),
    (
        #"{{ index .s 1.5 }}"#,
        #"template parsing error: template: :1:47: executing "" at <index .s 1.5>: error calling index: cannot index slice/array with type float64"#
    ),
    (
        #"{{ index .l 1 }}"#,
        #"template parsing error: template: :1:47: executing "" at <index .l 1>: error calling index: value has type int; should be string"#
    ),
    (
        #"{{ index .l nil }}"#,
        #"template parsing error: template: :1:47: executing "" at <index .l nil>: error calling index: value is nil; should be of type string"#
    ),
    (
        #"{{ index .s nil }}"#,
        #"template parsing error: template: :1:47: executing "" at <index .s nil>: error calling index: cannot index slice/array with nil"#
    ),
    (
        #"{{ index .zz "a" }}"#,
        #"template parsing error: template: :1:47: executing "" at <index .zz "a">: error calling index: index of untyped nil"#
    ),
    (
        #"{{ index .n "a" }}"#,
        #"template parsing error: template: :1:47: executing "" at <index .n "a">: error calling index: index of untyped nil"#
    ),
    (
        #"{{ index 1 1 }}"#,
        #"template parsing error: template: :1:47: executing "" at <index 1 1>: error calling index: can't index item of type int"#
    ),
    (
        #"{{ index nil 1 }}"#,
        #"template parsing error: template: :1:47: executing "" at <index nil 1>: error calling index: index of untyped nil"#
    ),
    (
        #"{{ index }}"#,
        #"template parsing error: template: :1:47: executing "" at <index>: wrong number of args for index: want at least 1 got 0"#
    ),
    (
        #"{{ slice .s 5 }}"#,
        #"template parsing error: template: :1:47: executing "" at <slice .s 5>: error calling slice: index out of range: 5"#
    ),
    (
        #"{{ slice .s 2 1 }}"#,
        #"template parsing error: template: :1:47: executing "" at <slice .s 2 1>: error calling slice: invalid slice index: 2 > 1"#
    ),
    (
        #"{{ slice "abc" 0 1 2 }}"#,
        #"template parsing error: template: :1:47: executing "" at <slice "abc" 0 1 2>: error calling slice: cannot 3-index slice a string"#
    ),
    (
        #"{{ slice .s 1 2 3 4 }}"#,
        #"template parsing error: template: :1:47: executing "" at <slice .s 1 2 3 4>: error calling slice: too many slice indexes: 4"#
    ),
    (
        #"{{ slice .l 1 }}"#,
        #"template parsing error: template: :1:47: executing "" at <slice .l 1>: error calling slice: can't slice item of type map[string]interface {}"#
    ),
    (
        #"{{ slice .zz 1 }}"#,
        #"template parsing error: template: :1:47: executing "" at <slice .zz 1>: error calling slice: slice of untyped nil"#
    ),
    (
        #"{{ and }}"#,
        #"template parsing error: template: :1:47: executing "" at <and>: wrong number of args for and: want at least 1 got 0"#
    ),
    (#"{{ or }}"#, #"template parsing error: template: :1:47: executing "" at <or>: wrong number of args for or: want at least 1 got 0"#),
    (#"{{ not }}"#, #"template parsing error: template: :1:47: executing "" at <not>: wrong number of args for not: want 1 got 0"#),
    (#"{{ not 1 2 }}"#, #"template parsing error: template: :1:47: executing "" at <not>: wrong number of args for not: want 1 got 2"#),
    (
        #"{{ eq 1 "a" }}"#,
        #"template parsing error: template: :1:47: executing "" at <eq 1 "a">: error calling eq: incompatible types for comparison"#
    ),
    (
        #"{{ eq 1 1.0 }}"#,
        #"template parsing error: template: :1:47: executing "" at <eq 1 1.0>: error calling eq: incompatible types for comparison"#
    ),
    (
        #"{{ eq 1 }}"#,
        #"template parsing error: template: :1:47: executing "" at <eq 1>: error calling eq: missing argument for comparison"#
    ),
    (#"{{ eq }}"#, #"template parsing error: template: :1:47: executing "" at <eq>: wrong number of args for eq: want at least 1 got 0"#),
    (
        #"{{ eq .s .s }}"#,
        #"template parsing error: template: :1:47: executing "" at <eq .s .s>: error calling eq: non-comparable type [one two three]: []interface {}"#
    ),
    (
        #"{{ eq .l .l }}"#,
        #"template parsing error: template: :1:47: executing "" at <eq .l .l>: error calling eq: non-comparable type map[a:1 a.b/c:3 b:2]: map[string]interface {}"#
    ),
    (
        #"{{ eq .s "a" }}"#,
        #"template parsing error: template: :1:47: executing "" at <eq .s "a">: error calling eq: incompatible types for comparison"#
    ),
    (
        #"{{ lt 1 "a" }}"#,
        #"template parsing error: template: :1:47: executing "" at <lt 1 "a">: error calling lt: incompatible types for comparison"#
    ),
    (
        #"{{ lt true false }}"#,
        #"template parsing error: template: :1:47: executing "" at <lt true false>: error calling lt: invalid type for comparison"#
    ),
    (
        #"{{ lt .s .s }}"#,
        #"template parsing error: template: :1:47: executing "" at <lt .s .s>: error calling lt: invalid type for comparison"#
    ),
    (#"{{ lt 1 }}"#, #"template parsing error: template: :1:47: executing "" at <lt>: wrong number of args for lt: want 2 got 1"#),
    (#"{{ ne 1 2 3 }}"#, #"template parsing error: template: :1:47: executing "" at <ne>: wrong number of args for ne: want 2 got 3"#),
    (
        #"{{ lt .zz 1 }}"#,
        #"template parsing error: template: :1:47: executing "" at <lt .zz 1>: error calling lt: invalid type for comparison"#
    ),
    (
        #"{{ call 3 }}"#,
        #"template parsing error: template: :1:47: executing "" at <call 3>: error calling call: non-function 3 of type int"#
    ),
    (#"{{ call nil }}"#, #"template parsing error: template: :1:47: executing "" at <call nil>: error calling call: call of nil"#),
    (
        #"{{ call .s }}"#,
        #"template parsing error: template: :1:47: executing "" at <call .s>: error calling call: non-function .s of type []interface {}"#
    ),
    (#"{{ lower .zz }}"#, #"template parsing error: template: :1:53: executing "" at <.zz>: invalid value; expected string"#),
    (
        #"{{ lower .d }}"#,
        #"template parsing error: template: :1:53: executing "" at <.d>: wrong type for value; expected string; got float64"#
    ),
    (
        #"{{ lower .s }}"#,
        #"template parsing error: template: :1:53: executing "" at <.s>: wrong type for value; expected string; got []interface {}"#
    ),
    (#"{{ lower nil }}"#, #"template parsing error: template: :1:53: executing "" at <nil>: cannot assign nil to string"#),
    (#"{{ lower 3 }}"#, #"template parsing error: template: :1:53: executing "" at <3>: expected string; found 3"#),
    (#"{{ lower true }}"#, #"template parsing error: template: :1:53: executing "" at <true>: expected string; found true"#),
    (
        #"{{ 3 | lower }}"#,
        #"template parsing error: template: :1:51: executing "" at <lower>: wrong type for value; expected string; got int"#
    ),
    (#"{{ lower }}"#, #"template parsing error: template: :1:47: executing "" at <lower>: wrong number of args for lower: want 1 got 0"#),
    (
        #"{{ lower "a" "b" }}"#,
        #"template parsing error: template: :1:47: executing "" at <lower>: wrong number of args for lower: want 1 got 2"#
    ),
    (
        #"{{ pad "a" -1 0 }}"#,
        #"template parsing error: template: :1:47: executing "" at <pad "a" -1 0>: error calling pad: strings: negative Repeat count"#
    ),
    (#"{{ pad "a" "b" 1 }}"#, #"template parsing error: template: :1:55: executing "" at <"b">: expected integer; found "b""#),
    (#"{{ pad "a" 1.5 1 }}"#, #"template parsing error: template: :1:55: executing "" at <1.5>: expected integer; found 1.5"#),
    (
        #"{{ pad "a" .d 1 }}"#,
        #"template parsing error: template: :1:55: executing "" at <.d>: wrong type for value; expected int; got float64"#
    ),
    (
        #"{{ truncate "abc" -1 }}"#,
        #"template parsing error: template: :1:47: executing "" at <truncate "abc" -1>: error calling truncate: runtime error: slice bounds out of range [:-1]"#
    ),
    (
        #"{{ template "nope" }}"#,
        #"template parsing error: template: :1:56: executing "" at <{{template "nope"}}>: template "nope" not defined"#
    ),
    (
        #"{{ template "nope" .d }}"#,
        #"template parsing error: template: :1:56: executing "" at <{{template "nope" .d}}>: template "nope" not defined"#
    ),
    (
        #"{{ define "x" }}{{ .q.r }}{{ template "y" }}{{ end }}{{ define "y" }}{{ len 3 }}{{ end }}{{ template "x" }}"#,
        #"template parsing error: template: :1:72: executing "y" at <len 3>: error calling len: len of type int"#
    ),
    (#"{{ .s.x }}"#, #"template parsing error: template: :1:49: executing "" at <.s.x>: can't evaluate field x in type interface {}"#),
    (#"{{ .d.x }}"#, #"template parsing error: template: :1:49: executing "" at <.d.x>: can't evaluate field x in type interface {}"#),
    (#"{{ .t.x }}"#, #"template parsing error: template: :1:49: executing "" at <.t.x>: can't evaluate field x in type interface {}"#),
    (#"{{ .e.x.y }}"#, #"template parsing error: template: :1:49: executing "" at <.e.x.y>: can't evaluate field x in type interface {}"#),
    (#"{{ (index .s 0).x }}"#, #"template parsing error: template: :1:57: executing "" at <0>: can't evaluate field x in type string"#),
    (#"{{ .l.a 1 }}"#, #"template parsing error: template: :1:49: executing "" at <.l.a>: a is not a method but has arguments"#),
    (#"{{ .l.a | .l.b }}"#, #"template parsing error: template: :1:56: executing "" at <.l.b>: b is not a method but has arguments"#),
    (#"{{ 1 2 }}"#, #"template parsing error: template: :1:47: executing "" at <1>: can't give argument to non-function 1"#),
    (#"{{ "a" "b" }}"#, #"template parsing error: template: :1:47: executing "" at <"a">: can't give argument to non-function "a""#),
    (#"{{ . 1 }}"#, #"template parsing error: template: :1:47: executing "" at <.>: can't give argument to non-function ."#),
    (#"{{ (1) 2 }}"#, #"template parsing error: template: :1:47: executing "" at <(1) 2>: can't give argument to non-function 1"#),
    (
        #"{{ $x := .s }}{{ $x 1 }}"#,
        #"template parsing error: template: :1:61: executing "" at <$x>: can't give argument to non-function $x"#
    ),
    (#"{{ true.x }}"#, #"template parsing error: template: :1: unexpected . after term "true""#),
    (#"{{ 1.x }}"#, #"template parsing error: template: :1: bad number syntax: "1.x""#),
    (#"{{ nil.x }}"#, #"template parsing error: template: :1: unexpected . after term "nil""#),
    (#"{{ (nil).x }}"#, #"template parsing error: template: :1:48: executing "" at <nil>: nil is not a command"#),
    (#"{{ "a".x }}"#, #"template parsing error: template: :1: unexpected . after term "\"a\"""#),
    (#"{{ ..x }}"#, #"template parsing error: template: :1: unexpected . after term ".""#),
    (#"{{ .x.}}"#, #"template parsing error: template: :1: unexpected <.> in operand"#),
    (#"{{ .1x }}"#, #"template parsing error: template: :1: bad number syntax: ".1x""#),
    (#"{{ 1x }}"#, #"template parsing error: template: :1: bad number syntax: "1x""#),
    (#"{{ 0x }}"#, #"template parsing error: template: :1: illegal number syntax: "0x""#),
    (#"{{ 1.2.3 }}"#, #"template parsing error: template: :1: unexpected ".3" in operand"#),
    (#"{{ + }}"#, #"template parsing error: template: :1: illegal number syntax: "+""#),
    (
        #"{{ 9223372036854775808 }}"#,
        #"template parsing error: template: :1:47: executing "" at <9223372036854775808>: 9223372036854775808 overflows int"#
    ),
    (#"{{ 18446744073709551616 }}"#, #"template parsing error: template: :1: integer overflow: "18446744073709551616""#),
    (#"{{ 1e400 }}"#, #"template parsing error: template: :1: illegal number syntax: "1e400""#),
    (#"{{ 'ab' }}"#, #"template parsing error: template: :1: malformed character constant: 'ab'"#),
    (#"{{ '' }}"#, #"template parsing error: template: :1: invalid syntax"#),
    (#"{{ 'a }}"#, #"template parsing error: template: :1: unterminated character constant"#),
    (#"{{ "a }}"#, #"template parsing error: template: :1: unterminated quoted string"#),
    (#"{{ `a }}"#, #"template parsing error: template: :1: unterminated raw quoted string"#),
    (#"{{ "\q" }}"#, #"template parsing error: template: :1: invalid syntax"#),
    (#"{{"#, #"template parsing error: template: :1: unexpected "{" in command"#),
    (#"{{ .x"#, #"template parsing error: template: :1: bad character U+007B '{'"#),
    (#"{{ .x }"#, #"template parsing error: template: :1: unexpected "}" in operand"#),
    (#"{{}}"#, #"template parsing error: template: :1: missing value for command"#),
    (#"{{ | len }}"#, #"template parsing error: template: :1: unexpected "|" in command"#),
    (#"{{ .s | 3 }}"#, #"template parsing error: template: :1: non executable command in pipeline stage 2"#),
    (#"{{ .s | . }}"#, #"template parsing error: template: :1: non executable command in pipeline stage 2"#),
    (#"{{ .s | "x" }}"#, #"template parsing error: template: :1: non executable command in pipeline stage 2"#),
    (#"{{ .s | nil }}"#, #"template parsing error: template: :1: non executable command in pipeline stage 2"#),
    (#"{{ .s || len }}"#, #"template parsing error: template: :1: unexpected "|" in command"#),
    (#"{{ ( .s }}"#, #"template parsing error: template: :1: unclosed left paren"#),
    (#"{{ .s ) }}"#, #"template parsing error: template: :1: unexpected right paren"#),
    (#"{{ () }}"#, #"template parsing error: template: :1: missing value for parenthesized pipeline"#),
    (#"{{ foo }}"#, #"template parsing error: template: :1: function "foo" not defined"#),
    (#"{{ foo.bar }}"#, #"template parsing error: template: :1: function "foo" not defined"#),
    (#"{{ len.x }}"#, #"template parsing error: template: :1:47: executing "" at <len>: wrong number of args for len: want 1 got 0"#),
    (#"{{ $x }}"#, #"template parsing error: template: :1: undefined variable "$x""#),
    (#"{{ $x.y }}"#, #"template parsing error: template: :1: undefined variable "$x""#),
    (#"{{ $x = 1 }}"#, #"template parsing error: template: :1:52: executing "" at <1>: undefined variable: $x"#),
    (#"{{ $x := }}"#, #"template parsing error: template: :1: missing value for command"#),
    (#"{{ $x : 1 }}"#, #"template parsing error: template: :1: undefined variable "$x""#),
    (#"{{ $x, $y := 1 }}"#, #"template parsing error: template: :1: too many declarations in command"#),
    (#"{{ $x, 1 }}"#, #"template parsing error: template: :1: too many declarations in command"#),
    (#"{{ range $x, 1 }}{{ end }}"#, #"template parsing error: template: :1: range can only initialize variables"#),
    (#"{{ range $x, $y, $z := .s }}{{ end }}"#, #"template parsing error: template: :1: too many declarations in range"#),
    (#"{{ range }}{{ end }}"#, #"template parsing error: template: :1: missing value for range"#),
    (#"{{ if }}{{ end }}"#, #"template parsing error: template: :1: missing value for if"#),
    (#"{{ with }}{{ end }}"#, #"template parsing error: template: :1: missing value for with"#),
    (#"{{ template }}"#, #"template parsing error: template: :1: unexpected "}}" in template clause"#),
    (#"{{ template x }}"#, #"template parsing error: template: :1: unexpected "x" in template clause"#),
    (
        #"{{ template "x" . . }}"#,
        #"template parsing error: template: :1:56: executing "" at <{{template "x" . .}}>: template "x" not defined"#
    ),
    (#"{{ define }}{{ end }}"#, #"template parsing error: template: :1: unexpected "}}" in define clause"#),
    (#"{{ define "x" . }}{{ end }}"#, #"template parsing error: template: :1: unexpected <.> in define clause"#),
    (#"{{ define "x" }}{{ else }}{{ end }}"#, #"template parsing error: template: :1: unexpected {{else}} in define clause"#),
    (#"{{ block "x" }}{{ end }}"#, #"template parsing error: template: :1: missing value for block clause"#),
    (#"{{ block "x" . }}{{ else }}{{ end }}"#, #"template parsing error: template: :1: unexpected {{else}} in block clause"#),
    (#"{{ if .t }}"#, #"template parsing error: template: :1: unexpected EOF"#),
    (#"{{ if .t }}a{{ else }}"#, #"template parsing error: template: :1: unexpected EOF"#),
    (#"{{ if .t }}a{{ else }}b{{ else }}c{{ end }}"#, #"template parsing error: template: :1: expected end; found {{else}}"#),
    (#"{{ range .s }}{{ else if .t }}{{ end }}"#, #"template parsing error: template: :1: unexpected <if> in input"#),
    (#"{{ with .s }}{{ else if .t }}{{ end }}"#, #"template parsing error: template: :1: unexpected <if> in input"#),
    (#"{{ if .s }}{{ else with .t }}{{ end }}"#, #"template parsing error: template: :1: unexpected <with> in input"#),
    (#"{{ end }}"#, #"template parsing error: template: :1: unexpected {{end}}"#),
    (#"{{ end x }}"#, #"template parsing error: template: :1: unexpected "x" in end"#),
    (#"{{ else x }}"#, #"template parsing error: template: :1: unexpected "x" in else"#),
    (#"{{ break }}"#, #"template parsing error: template: :1: {{break}} outside {{range}}"#),
    (#"{{ continue }}"#, #"template parsing error: template: :1: {{continue}} outside {{range}}"#),
    (#"{{ range .s }}{{ break x }}{{ end }}"#, #"template parsing error: template: :1: unexpected "x" in {{break}}"#),
    (#"{{ define "x" }}{{ break }}{{ end }}"#, #"template parsing error: template: :1: {{break}} outside {{range}}"#),
    (#"{{ if true }}{{ define "x" }}{{ end }}{{ end }}"#, #"template parsing error: template: :1: unexpected <define> in command"#),
    (#"{{ /* a */ }}"#, #"template parsing error: template: :1: unexpected "/" in command"#),
    (#"{{/* a }}"#, #"template parsing error: template: :1: unclosed comment"#),
    (#"{{/* a */ }}"#, #"template parsing error: template: :1: comment ends before closing delimiter"#),
    (#"{{ @ }}"#, #"template parsing error: template: :1: unexpected "@" in command"#),
    (#"{{ .x@y }}"#, #"template parsing error: template: :1: bad character U+0040 '@'"#),
    (#"{{ a@ }}"#, #"template parsing error: template: :1: bad character U+0040 '@'"#),
    (#"{{ é }}"#, #"template parsing error: template: :1: function "é" not defined"#),
    (#"{{ 1, 2 }}"#, #"template parsing error: template: :1: unexpected "," in operand"#),
    (#"{{ .s, .l }}"#, #"template parsing error: template: :1: unexpected "," in operand"#),
    (#"{{ # }}"#, ##"template parsing error: template: :1: unexpected "#" in command"##),
    (#"{{ .s } }}"#, #"template parsing error: template: :1: unexpected "}" in operand"#),
    (
        #"{{ .s.one.two }}"#,
        #"template parsing error: template: :1:49: executing "" at <.s.one.two>: can't evaluate field one in type interface {}"#
    ),
    (
        #"{{ "long long long long text here" | lower | index .s }}"#,
        #"template parsing error: template: :1:89: executing "" at <index .s>: error calling index: cannot index slice/array with type string"#
    ),
    (
        #"{{ index .s (len "aéé") | printf "%d and more text" }}"#,
        #"template parsing error: template: :1:47: executing "" at <index .s (len "aéé")>: error calling index: index out of range: 5"#
    ),
    (
        #"{{ define "x" }}a{{ end }}{{ define "x" }}b{{ end }}{{ template "x" }}"#,
        #"template parsing error: template: :1: template: multiple definition of template "x""#
    ),
    (
        #"a{{if .t}}\#n{{index .s 7}}{{end}}"#,
        #"template parsing error: template: :2:2: executing "" at <index .s 7>: error calling index: index out of range: 7"#
    ),
    (#"{{ .s\#n| lenn }}"#, #"template parsing error: template: :2: function "lenn" not defined"#),
    (#"{{ .s\#n}}\#n{{ .s @"#, #"template parsing error: template: :3: unexpected "@" in operand"#),
    (
        #"text\#n\#n{{ index .s 9 }}"#,
        #"template parsing error: template: :3:3: executing "" at <index .s 9>: error calling index: index out of range: 9"#
    ),
    (
        #"{{ eq .s .l }}"#,
        #"template parsing error: template: :1:47: executing "" at <eq .s .l>: error calling eq: non-comparable types [one two three]: []interface {}, map[string]interface {}: map[a:1 a.b/c:3 b:2]"#
    ),
    (
        #"{{ range .mix }}{{ .x }}{{ end }}"#,
        #"template parsing error: template: :1:63: executing "" at <.x>: can't evaluate field x in type interface {}"#
    ),
    (
        #"{{ range .s }}{{ .x }}{{ end }}"#,
        #"template parsing error: template: :1:61: executing "" at <.x>: can't evaluate field x in type interface {}"#
    ),
    (
        #"{{ with .d }}{{ .x }}{{ end }}"#,
        #"template parsing error: template: :1:60: executing "" at <.x>: can't evaluate field x in type float64"#
    ),
    (
        #"{{ $a := .d }}{{ $a.x }}"#,
        #"template parsing error: template: :1:63: executing "" at <$a.x>: can't evaluate field x in type float64"#
    ),
    (#"{{ (.d).x }}"#, #"template parsing error: template: :1:48: executing "" at <.d>: can't evaluate field x in type float64"#),
    (
        #"{{ call }}"#,
        #"template parsing error: template: :1:47: executing "" at <call>: wrong number of args for call: want at least 1 got 0"#
    ),
    (
        #"{{ 3 | call }}"#,
        #"template parsing error: template: :1:51: executing "" at <call>: error calling call: non-function <int Value> of type int"#
    ),
    (
        #"{{ .d | call 1 }}"#,
        #"template parsing error: template: :1:52: executing "" at <call 1>: error calling call: non-function 1 of type int"#
    ),
]
