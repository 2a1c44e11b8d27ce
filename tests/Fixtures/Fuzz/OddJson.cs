using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Switchboard.Tests.Fixtures.Fuzz;

/// <summary>JSON that is nearly what is expected: a value of another type, one too many, at an end of what there is, or no JSON at all.</summary>
internal static class OddJson
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "7", "1.5", "1e400", "-1E-400", "2147483648", "-2147483649", "9223372036854775808",
        "18446744073709551615", "18446744073709551616", "123456789012345678901234567890", "[]", "{}", "[[]]", "[null]", "[[[[1]]]]", "{\"\":null}", "{\"a\":{}}",
        "\"\"", "\" \"", "\"0\"", "\"-1\"", "\"1,2\"", "\"true\"", "\"null\"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud83d\"", "\"\\udc4b\\ud83d\"",
        "\"\\ud83d\\udc4b\"", "\"\\u200b\\u00ad\"", "\"\\u0085\\u009f\"", "\"e\\u0301\"", "\"\\\\u\"", "\"high,low\"", "\"high, very-low\"", "\"HIGH\"",
        "\"high\"", "\" normal \"", "\"critical\"", "\"sender,content\"", "\"combined\"", "\"body,both\"", "\"all,matching\"", "\"requested\"",
        "\"active\"", "\"paused\"", "\"stopped\"", "\"whatsapp\"", "\"sms\"", "\"gmail\"", "\"microsoft\"", "\"+15550100001\"", "\"+999\"", "\"+1\"",
        "\"0001-01-01T00:00:00Z\"", "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"9999-12-31T23:59:59-14:00\"", "\"2026-02-30\"",
        "\"2026-11-29\"", "\"2026-11-29T24:00:00Z\"", "\"2026-11-29T00:00:00\"", "\"1969-12-31T23:59:59Z\"", "\"00000000-0000-0000-0000-000000000000\"",
        "\"{{nothing}}\"", "\"{{text}}{{text}}\"", "\"a@b\"", "\"a@b.test\"", "\"*@*\"", "\"********@*\"", "\"Europe/Zurich\"", "\"../../etc/passwd\"",
    ];

    // not JSON, or more of it than anybody writes
    private static readonly string[] Broken =
    [
        "", "nul", "NaN", "Infinity", "'a'", "\"a", "\"\\x\"", "\"\\ud83\"", "01", "+1", ".5", "{,}", "[1,]", "{\"a\"}", "/*c*/1", "\u0001", "\uFEFF1",
        new string('[', 70) + new string(']', 70), string.Concat(Enumerable.Repeat("{\"a\":", 70)) + "1" + new string('}', 70), new string('[', 2_000),
    ];

    /// <summary>One value as it is written.</summary>
    public static Gen<string> Value { get; } = Gen.Frequency(
        (12, Gen.Elements(Values)),
        (4, Odd.Text.Select(text => JsonSerializer.Serialize(text))),
        (1, Gen.Elements(Broken)),
        (1, from value in Gen.Elements(Values) from times in Gen.Elements(2, 60, 150, 3_000) select $"[{string.Join(',', Enumerable.Repeat(value, times))}]"));

    /// <summary>One of these texts of JSON with up to three changes.</summary>
    public static Gen<string> Near(params string[] seeds) =>
        from seed in Gen.Elements(seeds)
        from changes in Change.ArrayOf().Select(changes => changes.Take(3))
        select changes.Aggregate(seed, (text, change) => change(text));

    private static Gen<Func<string, string>> Change { get; } =
        from place in Gen.Choose(0, int.MaxValue)
        from value in Value
        from kind in Gen.Frequency((10, Gen.Constant(0)), (2, Gen.Constant(1)), (2, Gen.Constant(2)), (1, Gen.Choose(3, 6)))
        select new Func<string, string>(json =>
        {
            var (values, names) = PartsOf(json);
            var (start, end) = values.Count == 0 ? (0, json.Length) : values[place % values.Count];
            var name = names.Count == 0 ? start : names[place % names.Count];
            return kind switch
            {
                0 => json[..start] + value + json[end..],
                // twice of a name, or one that is not known
                1 when names.Count > 0 => $"{json[..name]}{json[name..(json.IndexOf('"', name + 1) + 1)]}:{value},{json[name..]}",
                2 when names.Count > 0 => $"{json[..name]}{JsonSerializer.Serialize(value)}:{value},{json[name..]}",
                3 => json[..start],
                4 => $"{json[..start]}[{json[start..end]}]{json[end..]}",
                5 => $"{json[..start]}[{string.Join(',', Enumerable.Repeat(json[start..end], 3))}]{json[end..]}",
                _ => json + value,
            };
        });

    // where values stand, and where names of properties begin; as far as it is JSON
    private static (List<(int Start, int End)> Values, List<int> Names) PartsOf(string json)
    {
        var (values, names, open) = (new List<(int, int)>(), new List<int>(), new Stack<int>());
        var bytes = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(bytes);
        try
        {
            while (reader.Read())
            {
                var start = At(reader.TokenStartIndex);
                if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                    open.Push(start);
                else if (reader.TokenType == JsonTokenType.PropertyName)
                    names.Add(start);
                else
                    values.Add((reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject ? open.Pop() : start, At(reader.BytesConsumed)));
            }
        }
        catch (JsonException)
        {
            // what was found so far is good for further changes
        }

        return (values, names);

        int At(long index) => bytes.Length == json.Length ? (int)index : Encoding.UTF8.GetCharCount(bytes, 0, (int)index);
    }
}
