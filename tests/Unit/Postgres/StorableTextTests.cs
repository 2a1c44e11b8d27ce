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
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("\u0001 control \r\n")]
    public void Anything_else_is_the_same_instance(string text) => StorableText.From(text).ShouldBeSameAs(text);

    [Fact]
    public void An_emoji_is_the_same_instance_too()
    {
        const string family = "🦊👩‍👩‍👧";

        StorableText.From(family).ShouldBeSameAs(family);
    }
}
