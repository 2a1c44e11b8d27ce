using System.Text;
using Switchboard.Core.Postgres;

namespace Switchboard.Tests.Unit.Postgres;

public sealed class StorableTextTests
{
    // no InlineData: an attribute cannot carry half a surrogate pair
    [Fact]
    public void What_a_text_column_refuses_is_replaced_not_lost()
    {
        (string Text, string Stored)[] cases =
        [
            ("a\0b", "a\ufffdb"),
            ("\0", "\ufffd"),
            ("\ud83e alone", "\ufffd alone"),
            ("alone \udd8a", "alone \ufffd"),
            ("🦊 and \0", "🦊 and \ufffd"),
            ("\udd8a\ud83e", "\ufffd\ufffd"),
        ];
        foreach (var (text, stored) in cases)
        {
            StorableText.From(text).ShouldBe(stored);
            Should.NotThrow(() => new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(StorableText.From(text)));
        }
    }

    [Theory]
    [InlineData("""{"a":"x\u0000y"}""", """{"a":"x\ufffdy"}""")]
    [InlineData("""{"a":"\u0000\u0000"}""", """{"a":"\ufffd\ufffd"}""")]
    // a backslash, and four digits after a letter
    [InlineData("""{"a":"\\u0000"}""", """{"a":"\\u0000"}""")]
    [InlineData("""{"a":"\\\u0000"}""", """{"a":"\\\ufffd"}""")]
    public void So_is_what_a_jsonb_column_refuses(string json, string stored) => StorableText.FromJson(json).ShouldBe(stored);

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("\u0001 control \r\n")]
    public void Anything_else_is_the_same_instance(string text) => StorableText.From(text).ShouldBeSameAs(text);

    [Theory]
    [InlineData("fox", 3, "fox")]
    [InlineData("foxes", 3, "fo…")]
    [InlineData("fo🦊", 4, "fo🦊")]
    [InlineData("fo🦊es", 4, "fo…")]
    [InlineData("fo🦊es", 5, "fo🦊…")]
    [InlineData("🦊es", 1, "…")]
    [InlineData("🦊es", 2, "…")]
    public void What_is_too_long_is_cut_and_never_within_a_letter(string text, int length, string cut) =>
        StorableText.Cut(text, length).ShouldBe(cut);

    [Theory]
    [InlineData("foxes", 5, "foxes")]
    [InlineData("foxes", 4, "f…")]
    [InlineData("füchse", 6, "fü…")]
    [InlineData("füchse", 5, "f…")]
    [InlineData("e\u0301e\u0301e\u0301", 7, "e\u0301…")]
    [InlineData("🦊👩‍👩‍👧", 21, "🦊…")]
    [InlineData("👩‍👩‍👧!", 18, "…")]
    [InlineData("foxes", 2, "")]
    [InlineData("foxes", -1, "")]
    public void What_has_too_many_bytes_is_cut_and_never_within_what_people_see_as_one(string text, int bytes, string cut) =>
        StorableText.Cut(text, bytes, System.Text.Encoding.UTF8.GetByteCount).ShouldBe(cut);

    [Fact]
    public void An_emoji_is_the_same_instance_too()
    {
        const string family = "🦊👩‍👩‍👧";

        StorableText.From(family).ShouldBeSameAs(family);
    }
}
