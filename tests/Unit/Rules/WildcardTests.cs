using System.Diagnostics;
using Switchboard.Core.Rules;

namespace Switchboard.Tests.Unit.Rules;

public sealed class WildcardTests
{
    [Theory]
    [InlineData("*@acme.test", "billing@acme.test", true)]
    [InlineData("*@acme.test", "@acme.test", true)]
    [InlineData("*@acme.test", "billing@mail.acme.test", false)]
    [InlineData("*@*.bank.test", "alerts@eu.bank.test", true)]
    [InlineData("*@*.bank.test", "alerts@bank.test", false)]
    [InlineData("alert?@acme.test", "alert7@acme.test", true)]
    [InlineData("alert?@acme.test", "alert@acme.test", false)]
    [InlineData("alert?@acme.test", "alert42@acme.test", false)]
    [InlineData("alert?@acme.test", "alert🦊@acme.test", true)]
    [InlineData("*", "", true)]
    [InlineData("**", "anything", true)]
    [InlineData("?", "", false)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("a.c", "abc", false)]
    [InlineData("(a+)+$", "aaaa", false)]
    public void A_pattern_fits_the_whole_address(string pattern, string text, bool fits) =>
        Wildcard.Matches(pattern, text).ShouldBe(fits);

    [Fact]
    public void A_pattern_made_to_be_slow_is_not()
    {
        var pattern = string.Concat(Enumerable.Repeat("*a", 50)) + "*b";
        var started = Stopwatch.GetTimestamp();

        Wildcard.Matches(pattern, new string('a', 20_000)).ShouldBeFalse();

        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void It_agrees_with_the_definition_on_all_short_patterns_and_texts()
    {
        foreach (var pattern in Words("ab*?", 4))
            foreach (var text in Words("ab", 4))
                Wildcard.Matches(pattern, text).ShouldBe(ByDefinition(pattern, text), $"'{pattern}' on '{text}'");
    }

    private static bool ByDefinition(string pattern, string text) =>
        pattern.Length == 0 ? text.Length == 0
        : pattern[0] == '*' ? ByDefinition(pattern[1..], text) || (text.Length > 0 && ByDefinition(pattern, text[1..]))
        : text.Length > 0 && (pattern[0] == '?' || pattern[0] == text[0]) && ByDefinition(pattern[1..], text[1..]);

    private static IEnumerable<string> Words(string letters, int length) =>
        length == 0 ? [""] : Words(letters, length - 1).SelectMany(word => letters.Select(letter => letter + word)).Concat(Words(letters, length - 1)).Distinct();
}
