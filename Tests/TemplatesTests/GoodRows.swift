/// Templates and their output, made by docker 28.2.2 on `TemplateTests.data`.
let goodRows: [(template: String, output: String)] = [
    (#"{{.s}}"#, #"[one two three]"#),
    (#"{{.l}}"#, #"map[a:1 a.b/c:3 b:2]"#),
    (#"{{.mix}}"#, #"[a true <nil> 1.25 [b]]"#),
    (#"{{.n}}"#, #"<no value>"#),
    (#"{{.zz}}"#, #"<no value>"#),
    (#"{{.zz.yy}}"#, #"<no value>"#),
    (#"{{.d}} {{.t}} {{.f}} {{.e}}|{{.el}}|{{.em}}"#, #"1.5 true false |[]|map[]"#),
    (#"{{.nest.k}}"#, #"[map[x:y] map[x:z]]"#),
    (
        #"{{json .}}"#,
        #"{"d":1.5,"e":"","el":[],"em":{},"f":false,"l":{"a":"1","a.b/c":"3","b":"2"},"mix":["a",true,null,1.25,["b"]],"n":null,"nest":{"k":[{"x":"y"},{"x":"z"}]},"s":["one","two","three"],"t":true}"#
    ),
    (#"{{json .mix}}"#, #"["a",true,null,1.25,["b"]]"#),
    (#"{{json "a<b>&\"é\u2028"}}"#, #""a<b>&\"é\u2028""#),
    (#"{{range .s}}{{.}},{{end}}"#, #"one,two,three,"#),
    (#"{{range $i, $e := .s}}{{$i}}={{$e}} {{end}}"#, #"0=one 1=two 2=three "#),
    (#"{{range $k, $v := .l}}{{$k}}={{$v}};{{end}}"#, #"a=1;a.b/c=3;b=2;"#),
    (#"{{range .el}}x{{else}}none{{end}}"#, #"none"#),
    (#"{{range .n}}x{{else}}none{{end}}"#, #"none"#),
    (#"{{range .zz}}x{{else}}none{{end}}"#, #"none"#),
    (#"{{range 3}}{{.}}{{end}}"#, #"012"#),
    (#"{{range $i := 3}}{{$i}}{{end}}"#, #"012"#),
    (#"{{range 0}}x{{else}}e{{end}}"#, #"e"#),
    (#"{{range .s}}{{if eq . "two"}}{{break}}{{end}}{{.}}{{end}}"#, #"one"#),
    (#"{{range .s}}{{if eq . "two"}}{{continue}}{{end}}{{.}}{{end}}"#, #"onethree"#),
    (#"{{if .t}}a{{else}}b{{end}}{{if .f}}a{{else}}b{{end}}{{if .e}}a{{else if .n}}b{{else if .s}}c{{else}}d{{end}}"#, #"abc"#),
    (#"{{with .e}}a{{else with .s}}{{.}}{{else}}c{{end}}"#, #"[one two three]"#),
    (#"{{with $x := .d}}{{$x}}{{end}}"#, #"1.5"#),
    (#"{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}"#, #"2"#),
    (#"{{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}"#, #"1"#),
    (#"a  {{- " b " -}}   c"#, #"a b c"#),
    (#"{{/* comment */}}x{{- /* trimmed */ -}} y"#, #"xy"#),
    (#"{{ "quoted \"x\" \t\\ \u00e9 \x41 \101" }}"#, #"quoted "x" \#t\ é A A"#),
    (#"{{ `raw \n "x"` }}"#, #"raw \n "x""#),
    (#"{{ 'a' }} {{ '\n' }} {{ '\x41' }}"#, #"97 10 65"#),
    (
        #"{{ 1 }} {{ -1 }} {{ 1.5 }} {{ 1e3 }} {{ 0x1f }} {{ 0b101 }} {{ 0o17 }} {{ 017 }} {{ 1_000 }} {{ .5 }} {{ 1e21 }} {{ 1e20 }} {{ 1.0 }} {{ 1e-7 }} {{ 0.0001 }}"#,
        #"1 -1 1.5 1000 31 5 15 15 1000 0.5 1e+21 1e+20 1 1e-07 0.0001"#
    ),
    (#"{{ true }} {{ false }}"#, #"true false"#),
    (#"{{ print nil }} {{ printf "%v" nil }} {{ printf "%d" nil }} {{ printf "%s" .zz }}"#, #"<nil> <nil> %!d(<nil>) %!s(<nil>)"#),
    (
        #"{{ print 1 2 "a" 3 "b" "c" 4 5 }}|{{ print .s .l }}|{{ println 1 "a" .t }}|"#,
        #"1 2a3bc4 5|[one two three] map[a:1 a.b/c:3 b:2]|1 a true\#n|"#
    ),
    (#"{{ print }}|{{ println }}|"#, #"|\#n|"#),
    (
        #"{{ printf "%s|%d|%q|%v|%+v|%t|%x|%.2f|%-10s|%5d|%%" "a" 1 "b" 2 .l true 255 1.005 "left" 42 }}"#,
        #"a|1|"b"|2|map[a:1 a.b/c:3 b:2]|true|ff|1.00|left      |   42|%"#
    ),
    (
        #"{{ printf "%d" "x" }} {{ printf "%s" 3 }} {{ printf "%t" 1 }} {{ printf "%x" 1.5 }} {{ printf "%z" "a" }} {{ printf "%q" 65 }} {{ printf "%c" 65 }} {{ printf "%U" 65 }} {{ printf "%#U" 0x1F600 }}"#,
        #"%!d(string=x) %!s(int=3) %!t(int=1) 0x1.8p+00 %!z(string=a) 'A' A U+0041 U+1F600 '😀'"#
    ),
    (
        #"{{ printf "%d" }} {{ printf "%d %d" 1 }} {{ printf "a" 1 "b" nil }} {{ printf "%" }} {{ printf "%!" }} {{ printf "%5" }}"#,
        #"%!d(MISSING) 1 %!d(MISSING) a%!(EXTRA int=1, string=b, <nil>) %!(NOVERB) %!!(MISSING) %!(NOVERB)"#
    ),
    (
        #"{{ printf "%s" .s }} {{ printf "%q" .s }} {{ printf "%d" .s }} {{ printf "%v" .mix }} {{ printf "%x" .s }} {{ printf "%s" .l }} {{ printf "%s" .mix }}"#,
        #"[one two three] ["one" "two" "three"] [%!d(string=one) %!d(string=two) %!d(string=three)] [a true <nil> 1.25 [b]] [6f6e65 74776f 7468726565] map[a:1 a.b/c:3 b:2] [a %!s(bool=true) <nil> %!s(float64=1.25) [b]]"#
    ),
    (
        #"{{ printf "%05d|%+d|% d|%x|%X|%#x|%o|%#o|%O|%b|%#b|%08.3f|%+.1e|%g|%G" 42 42 42 255 255 255 8 8 8 5 5 3.14159 12345.678 1e-10 1e100 }}"#,
        #"00042|+42| 42|ff|FF|0xff|10|010|0o10|101|0b101|0003.142|+1.2e+04|1e-10|1E+100"#
    ),
    (
        #"{{ printf "%-5d|%-05d|%5.3d|%.0d|%.3s|%5.1f|%-8.2f|%5t|%6.2f%%" 42 42 7 0 "abcdef" 2.25 2.5 true 99.5 }}"#,
        #"42   |42   |  007||abc|  2.2|2.50    | true| 99.50%"#
    ),
    (
        #"{{ printf "%*d|%-*d|%.*f" 5 42 5 42 2 3.14159 }} {{ printf "%*d" "a" 1 }} {{ printf "%.*f" "a" 1.0 }}"#,
        #"   42|42   |3.14 %!(BADWIDTH)1 %!(BADPREC)1.000000"#
    ),
    (
        #"{{ printf "%[2]s %[1]s" "a" "b" }} {{ printf "%[3]s" "a" }} {{ printf "%[1]d %d" 1 2 }} {{ printf "%[x]d" 1 }} {{ printf "%[2]*[1]d|" 2 6 }}"#,
        #"b a %!s(BADINDEX) 1 2 %!d(BADINDEX)      2|"#
    ),
    (#"{{ printf "%T %T %T %T %T %T" 1 "a" 1.5 true nil .s }}"#, #"int string float64 bool <nil> []interface {}"#),
    (
        #"{{ printf "%#v %#v %#v %#v %#v" 1 "a\n" 1.5 true nil }} {{ printf "%#v" .l }} {{ printf "%#v" .s }}"#,
        #"1 "a\n" 1.5 true <nil> map[string]interface {}{"a":"1", "a.b/c":"3", "b":"2"} []interface {}{"one", "two", "three"}"#
    ),
    (
        #"{{ printf "%x|%X|% x|%#x|%q|%+q|%#q|%#q" "hié" "hié" "hié" "hi" "tab\t\"é\u200b" "é😀" "plain" "a`b" }}"#,
        #"6869c3a9|6869C3A9|68 69 c3 a9|0x6869|"tab\t\"é\u200b"|"\u00e9\U0001f600"|`plain`|"a`b""#
    ),
    (#"{{ printf "%5s|%-5s|%05s|%5q|%.1q" "é" "é" "ab" "a" "éa" }}"#, #"    é|é    |000ab|  "a"|"é""#),
    (
        #"{{ printf "%e %E %f %F %g" 0.0 1.5 1.5 1.5 100000.0 }} {{ printf "%.0f %.0f %.0f %.0f" 0.5 1.5 2.5 -0.4 }} {{ printf "%.3g %.3g %.3g %.10g %g" 999.9 1234567.0 0.00001234 0.1 123456789.0 }} {{ printf "%v %v" 1e6 123456789.0 }}"#,
        #"0.000000e+00 1.500000E+00 1.500000 1.500000 100000 0 2 2 -0 1e+03 1.23e+06 1.23e-05 0.1 1.23456789e+08 1e+06 1.23456789e+08"#
    ),
    (#"{{ printf "%6v|%-6v|%06v" 1.5 1.5 1.5 }} {{ printf "%6v|%v" .s .d }}"#, #"   1.5|1.5   |0001.5 [   one    two  three]|1.5"#),
    (#"{{ printf "%s %v %d" true .t .f }}"#, #"%!s(bool=true) true %!d(bool=false)"#),
    (#"{{ "x" | printf "%s-%s" "y" }} {{ .s | len }} {{ "a" | printf "%s" | printf "%q" }}"#, #"y-x 3 "a""#),
    (#"{{ len .s }} {{ len .l }} {{ len "é" }} {{ len .el }}"#, #"3 3 2 0"#),
    (
        #"{{ index .l "a" }} {{ index .l "a.b/c" }} {{ index .s 1 }} {{ index .nest "k" 1 "x" }} {{ (index (index .nest "k") 0).x }} {{ index .l "zz" }} {{ index .s }}"#,
        #"1 3 two z y <no value> [one two three]"#
    ),
    (#"{{ index "abc" 1 }}"#, #"98"#),
    (
        #"{{ slice .s 1 }} {{ slice .s 1 2 }} {{ slice .s }} {{ slice "abcd" 1 3 }} {{ slice "abcd" 2 }} {{ slice .s 0 1 2 }}"#,
        #"[two three] [two] [one two three] bc cd [one]"#
    ),
    (
        #"{{ and 1 0 2 }} {{ and true "x" }} {{ or 0 "" "x" "y" }} {{ or 0 "" }} {{ not 0 }} {{ not .s }} {{ and .zz 1 }} {{ or .zz 1 }}"#,
        #"0 x x  true false <no value> 1"#
    ),
    (#"{{ and 0 (index .s 9) }} {{ or 1 (index .s 9) }}"#, #"0 1"#),
    (#"{{ 1 | and 0 }} {{ 0 | or 1 }}"#, #"0 1"#),
    (
        #"{{ eq 1 1 }} {{ eq 1 2 1 }} {{ eq "a" "b" "a" }} {{ eq .t true }} {{ eq .e "" }} {{ ne 1 2 }} {{ eq 1.5 .d }} {{ eq .zz nil }} {{ eq .zz "a" }} {{ eq nil nil }}"#,
        #"true true true true true true true true false true"#
    ),
    (#"{{ eq .s nil }} {{ eq .n nil }} {{ ne .zz "a" }}"#, #"false true true"#),
    (
        #"{{ lt 1 2 }} {{ lt "a" "b" }} {{ lt 1.5 1.25 }} {{ le 2 2 }} {{ gt 3 2 }} {{ ge 2 3 }} {{ gt "b" "a" }} {{ ge 2 2 }} {{ le 3 2 }}"#,
        #"true true false true true false true true false"#
    ),
    (
        #"{{ html "<a href='x'>&\"" }} {{ js "it's <b> \"q\" = & \n é \u0001" }} {{ urlquery "a b&c=d/é~_-." }} {{ html .s 1 }} {{ html .zz }} {{ js .l }}"#,
        #"&lt;a href=&#39;x&#39;&gt;&amp;&#34; it\'s \u003Cb\u003E \"q\" \u003D \u0026 \u000A é \u0001 a+b%26c%3Dd%2F%C3%A9~_-. [one two three] 1 &lt;no value&gt; map[a:1 a.b/c:3 b:2]"#
    ),
    (
        #"{{ split "a,b,c" "," }} {{ split "abc" "" }} {{ json (split "a,b" ",") }} {{ len (split "" ",") }} {{ split "a--b--" "--" | json }}"#,
        #"[a b c] [a b c] ["a","b"] 1 ["a","b",""]"#
    ),
    (#"{{ lower "ABCÉ" }} {{ upper "abcé" }} {{ title "hello wORLD it's a-b c_d é x1y" }}"#, #"abcé ABCÉ Hello WORLD It'S A-B C_d É X1y"#),
    (#"{{ pad "a" 2 3 }}| {{ pad "" 2 3 }}|"#, #"  a   | |"#),
    (#"{{ pad "a" 1.0 1 }}"#, #" a "#),
    (#"{{ truncate "abcdef" 3 }} {{ truncate "ab" 3 }} {{ truncate "abc" 3 }} {{ truncate "" 0 }}|"#, #"abc ab abc |"#),
    (#"{{ define "x" }}[{{.}}]{{ end }}{{ template "x" "a" }}{{ template "x" }}{{ template "x" .Metadata.Name }}"#, #"[a][<no value>][x]"#),
    (#"{{ block "b" 1 }}<{{.}}>{{ end }}{{ template "b" 2 }}"#, #"<1><2>"#),
    (#"{{ (print "a") }} {{ ((print "a") | len) }} {{ (len "a") | printf "%d" }} {{ print (1) (2) }}"#, #"a 1 1 1 2"#),
    (#"{{ $ | printf "%T" | len | lt 0 }} {{ $.Metadata.Name }}"#, #"true x"#),
    (#"{{ . | len }}"#, #"11"#),
    (#"{{ .s | }}"#, #"[one two three]"#),
    (#"{{ (.s | ) }}"#, #"[one two three]"#),
    (#"{{ else }}"#, #""#),
    (#"{{/* a */ -}}  x"#, #"x"#),
    (#"{{- /* a */}}x"#, #"x"#),
    (#"{{-3}} {{- 3}} {{3 -}} x"#, #"-33 3x"#),
    (#"{{ .é }}"#, #"<no value>"#),
    (#"{{ define "x" }}{{ end }}{{ define "x" }}b{{ end }}{{ template "x" }}"#, #"b"#),
    (#"{{ define "x" }}b{{ end }}{{ define "x" }} {{ end }}{{ template "x" }}"#, #"b"#),
    (#"{{\#n.s\#n}}"#, #"[one two three]"#),
    (#"{{ printf "%d\n" 3 }}{{ print "a\tb" }}"#, #"3\#na\#tb"#),
    (#"}} {{"{{"}} { } }}"#, #"}} {{ { } }}"#),
    (#"{ {{.d}} }"#, #"{ 1.5 }"#),
    (
        #"{{ range $i, $e := .nest.k }}{{ $i }}{{ range $k, $v := $e }}{{ $k }}{{ $v }}{{ $.Metadata.Name }}{{ end }}{{ end }}"#,
        #"0xyx1xzx"#
    ),
    (#"{{ range $.Metadata.Metadata.AdditionalFields.s }}{{ len . }}{{ end }}"#, #"335"#),
    (#"{{ with .l }}{{ .a }}{{ end }}{{ with .zz }}x{{ end }}"#, #"1"#),
    (#"{{ if and .t (eq (len .s) 3) }}yes{{ end }} {{ if not (eq .d 1.5) }}no{{ else }}eq{{ end }}"#, #"yes eq"#),
    (
        #"{{ range $v := .mix }}{{ $v }};{{ end }}{{ range .mix }}{{ json . }};{{ end }}"#,
        #"a;true;<no value>;1.25;[b];"a";true;null;1.25;["b"];"#
    ),
    (#"{{ $a := "x" }}{{ range .s }}{{ $a = . }}{{ end }}{{ $a }}"#, #"three"#),
    (#"{{ range $i, $e := .s }}{{ if $i }}, {{ end }}{{ $e }}{{ end }}"#, #"one, two, three"#),
    (#"{{ $i := 5 }}{{ range $i = .s }}{{ $i }}{{ end }}{{ $i }}"#, #"onetwothreethree"#),
    (
        #"{{ print .mix }} {{ printf "%v %s" .nest .nest }} {{ printf "%d" .mix }}"#,
        #"[a true <nil> 1.25 [b]] map[k:[map[x:y] map[x:z]]] map[k:[map[x:y] map[x:z]]] [%!d(string=a) %!d(bool=true) <nil> %!d(float64=1.25) [%!d(string=b)]]"#
    ),
    (
        #"{{ printf "%s" (index .s 0) }} {{ printf "%10.3s|" "abcdef" }} {{ printf "%-10v|" .t }} {{ printf "%3c|%-3c|" 'x' 'y' }}"#,
        #"one        abc| true      |   x|y  |"#
    ),
    (#"{{ index .mix 2 }} {{ index .mix 4 0 }} {{ print (index .mix 2) }}"#, #"<no value> b <nil>"#),
    (#"{{ ne .e "" }} {{ eq (print .d) "1.5" }} {{ len (print .d) }}"#, #"false true 3"#),
    (#"{{ print 1e5 1e6 999999.5 1e-4 1e-5 123456.0 1234567.0 21.0 }}"#, #"100000 1e+06 999999.5 0.0001 1e-05 123456 1.234567e+06 21"#),
    (
        #"{{ printf "%g %g %v %v" 1e5 1e6 1e20 1e21 }} {{ printf "%05t|%05v|%08.3g|%x|%X|%x" true "a" 1.5 0.1 -2.5 0.0 }}"#,
        #"100000 1e+06 1e+20 1e+21 0true|0000a|000001.5|0x1.999999999999ap-04|-0X1.4P+01|0x0p+00"#
    ),
]
