using System.Text;
using Switchboard.Core.Notifications;

namespace Switchboard.Tests.Unit.Notifications;

public sealed class MessageLengthTests
{
    private const string Family = "👨‍👩‍👧‍👦";

    [Theory]
    [InlineData("a", 160, 160, 1)]
    [InlineData("a", 161, 161, 2)]
    [InlineData("a", 306, 306, 2)]
    [InlineData("a", 307, 307, 3)]
    // each of them is an escape and a letter
    [InlineData("€", 80, 160, 1)]
    [InlineData("€", 81, 162, 2)]
    // no part ends with an escape: 76 of them and no half
    [InlineData("€", 153, 306, 3)]
    [InlineData("я", 70, 70, 1)]
    [InlineData("я", 71, 71, 2)]
    [InlineData("я", 134, 134, 2)]
    [InlineData("я", 135, 135, 3)]
    [InlineData("😀", 35, 70, 1)]
    // no part ends with half of a pair: 33 of them
    [InlineData("😀", 67, 134, 3)]
    [InlineData("`", 71, 71, 2)]
    public void An_sms_is_counted_in_characters_and_parts(string letter, int count, int length, int segments) =>
        MessageLength.Of(Channels.SmsChannel, Many(letter, count)).ShouldBe(new(length, 1600, LengthUnit.SmsCharacters, segments));

    [Fact]
    public void Push_is_counted_in_bytes_and_the_others_in_utf_16()
    {
        MessageLength.Of(Channels.PushChannel, "ä€😀").ShouldBe(new(9, 2048, LengthUnit.Bytes, null));
        MessageLength.Of(Channels.WhatsAppChannel, "ä€😀").ShouldBe(new(4, 4096, LengthUnit.Characters, null));
    }

    [Theory]
    [InlineData("sms", "a", 1700, 1600, "...")]
    [InlineData("sms", "€", 900, 1599, "...")]
    [InlineData("sms", "😀", 900, 1599, "…")]
    [InlineData("push", "ä", 1100, 2047, "…")]
    [InlineData("push", Family, 100, 2028, "…")]
    [InlineData("whatsapp", Family, 500, 4093, "…")]
    [InlineData("whatsapp", "e\u0301", 3000, 4095, "…")]
    public void What_is_too_long_ends_with_a_whole_character_and_an_ellipsis(
        string name, string letter, int count, int length, string ellipsis)
    {
        var channel = Channels.Find(name)!;

        var cut = MessageLength.Cut(channel, Many(letter, count));

        cut.ShouldEndWith(ellipsis);
        cut[..^ellipsis.Length].ShouldBe(Many(letter, (cut.Length - ellipsis.Length) / letter.Length));
        MessageLength.Of(channel, cut).Length.ShouldBe(length);
    }

    [Theory]
    [InlineData("sms")]
    [InlineData("push")]
    [InlineData("whatsapp")]
    [InlineData("email")]
    public void What_fits_is_the_same_instance(string name)
    {
        const string text = $"Grüße {Family}";

        MessageLength.Cut(Channels.Find(name)!, text).ShouldBeSameAs(text);
    }

    [Fact]
    public void Of_a_letter_with_accents_without_end_a_part_is_taken()
    {
        var cut = MessageLength.Cut(Channels.PushChannel, "Hello e" + Many("\u0301", 5_000));

        Encoding.UTF8.GetByteCount(cut).ShouldBeInRange(2_040, 2_048);
    }

    private static string Many(string piece, int count) => string.Concat(Enumerable.Repeat(piece, count));
}
