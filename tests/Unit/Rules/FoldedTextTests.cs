using System.Globalization;
using ADRaffy.ENSNormalize;
using Switchboard.Core.Rules;

namespace Switchboard.Tests.Unit.Rules;

public sealed class FoldedTextTests
{
    [Theory]
    [InlineData("  Hello\t\r\n World ", " hello world ")]
    [InlineData("a \u200B b", "a b")]
    [InlineData("a\0B", "a\0b")]
    [InlineData("\ud83d ALONE \udc00", "\ud83d alone \udc00")]
    [InlineData("👩‍👩‍👧 ❤️", "👩👩👧 ❤")]
    [InlineData("𐐀", "𐐨")]
    [InlineData("\u212B\u212A\u2126", "åkω")]
    [InlineData("i\u0307 \u0130", "i i")]
    [InlineData("\u0301x", "\u0301x")]
    [InlineData("नमस्ते क\u093C \u0958", "नमस्ते क\u093C क\u093C")]
    [InlineData("a\u0316\u0301 a\u0301\u0316", "á\u0316 á\u0316")]
    public void Texts_have_one_form(string text, string folded) => FoldedText.Of(text).ShouldBe(folded);

    [Fact]
    public void Each_letter_is_the_same_in_each_case_and_form()
    {
        var mistakes = new List<string>();
        foreach (var letter in Enumerable.Range(1, 0xFFFF).Select(unit => (char)unit).Where(letter => !char.IsSurrogate(letter)))
        {
            var text = $"x{letter}y";
            var folded = FoldedText.Of(text);
            foreach (var form in new[] { ENSNormalize.NF.NFD(text), ENSNormalize.NF.NFC(text), text.ToUpperInvariant(), text.ToLowerInvariant(), folded })
                if (FoldedText.Of(form) != folded)
                    mistakes.Add($"U+{(int)letter:X4} {CharUnicodeInfo.GetUnicodeCategory(letter)}");
        }

        mistakes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\u0301\u0316")]
    [InlineData("\u1112\u1161\u11AB")]
    [InlineData("e\u0301")]
    [InlineData("\u094D")]
    public void Text_made_to_be_slow_is_not_composed_without_end(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 32_768));

        // as long as it is read; a run of marks that no language has stays as it is, in pieces
        FoldedText.Of(text).Length.ShouldBeInRange(text.Length / 4, text.Length);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(" \n\u00A0\u200B\u200D\u2060\uFEFF\u00AD\u034F\u3164\uFE0F\u202E\u0000\u0085", true)]
    [InlineData("\U000E0041", true)]
    [InlineData("\u200Bx", false)]
    [InlineData("👍", false)]
    [InlineData("\ud83d", false)]
    public void Nothing_that_can_be_seen_is_blank(string text, bool isBlank) => FoldedText.IsBlank(text).ShouldBe(isBlank);
}
