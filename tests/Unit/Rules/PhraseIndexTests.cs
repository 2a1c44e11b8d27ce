using FsCheck;
using FsCheck.Fluent;
using Switchboard.Core.Rules;

namespace Switchboard.Tests.Unit.Rules;

/// <summary>All phrases are found in one pass, and what that takes is bounded whatever they are.</summary>
public sealed class PhraseIndexTests
{
    private static readonly Config Cases = Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(20);

    [Fact]
    public void It_finds_what_looking_for_each_phrase_finds()
    {
        // few letters: phrases that begin, end and contain each other
        var word = Gen.Elements("abc ".ToCharArray()).ArrayOf().Select(letters => new string(letters));
        var cases = from phrases in word.Where(phrase => phrase.Length > 0).ArrayOf()
                    from text in word.ArrayOf()
                    select (Phrases: phrases.Distinct().ToArray(), Text: string.Concat(text));

        Check.One(Cases, Prop.ForAll(cases.ToArbitrary(), one => Found(one.Phrases, one.Text).SequenceEqual(
            one.Phrases.Where(phrase => one.Text.Contains(phrase, StringComparison.Ordinal)))));
    }

    [Fact]
    public void Rules_match_as_their_definition_says()
    {
        var phrase = Gen.Elements("Straße", "STRASSE", "cafe\u0301", "Café", "pay", "now", "Pay Now", "ss", "σ", "ς", "\u200Bpay");
        var said = Gen.Elements("strasse ", "caf\u00E9", "CAFE\u0301", " pay\t", "\u00ADno\u200Bw", "pay  now", "ΣΑΣ", "x", "\n> pay now\n", "e\u0301").ArrayOf();
        var cases = from any in phrase.ArrayOf()
                    from all in phrase.ArrayOf()
                    from none in phrase.ArrayOf()
                    from scope in Gen.Elements(ContentScope.Subject, ContentScope.Body, ContentScope.Both)
                    from include in Gen.Elements(ContentInclude.NewText, ContentInclude.Everything)
                    from subject in said
                    from text in said
                    select (Rules: Some.Content(any, all, none, scope, include: include), Mail: Some.Mail(
                        subject: string.Concat(subject), text: string.Concat(text)));

        Check.One(Cases, Prop.ForAll(cases.ToArbitrary(), one => Some.Match(Some.Rule(content: one.Rules), one.Mail) == ByDefinition(one.Rules, one.Mail)));
    }

    [Theory]
    [InlineData(200, "a")]
    [InlineData(1, "ab")]
    [InlineData(50, "ab")]
    public void No_phrases_make_it_look_at_a_text_more_than_twice(int length, string letters)
    {
        var text = string.Concat(Enumerable.Repeat(letters, ReceivedMessage.MaxText / letters.Length));
        string[] phrases = [.. Enumerable.Range(0, 10_000)
            .Select(number => $"{string.Concat(Enumerable.Repeat(letters, number % length))}{(number < length ? "" : $"{number}")}")
            .Where(phrase => phrase.Length > 0).Distinct()];

        var hits = new PhraseIndex(phrases).Find(text);

        hits.Steps.ShouldBeLessThanOrEqualTo(2 * text.Length);
        Enumerable.Range(0, phrases.Length).Count(hits.Has).ShouldBe(phrases.Count(phrase => text.Contains(phrase, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_mail_is_looked_at_once_for_a_thousand_rules_and_once_more_with_what_it_quotes()
    {
        var numbers = new PhraseNumbers();
        var matchers = Enumerable.Range(0, 1_000).Select(rule => new ContentMatcher(
            Some.Content(
                [.. Enumerable.Range(0, 10).Select(phrase => $"phrase {rule} {phrase}")],
                include: (ContentInclude)(rule % 2)),
            numbers)).ToList();
        var mail = Some.Mail(text: new string('x', 2_000) + "\n> phrase 1 1");
        var prepared = new PreparedMessage(mail, numbers.ToIndex());

        matchers.Count(matcher => matcher.Matches(prepared, reasons: null)).ShouldBe(1);

        prepared.Steps.ShouldBeLessThanOrEqualTo(2 * (mail.Subject.Length + mail.NewText.Length + mail.Text.Length));
    }

    private static IEnumerable<string> Found(string[] phrases, string text)
    {
        var hits = new PhraseIndex(phrases).Find(text);
        return phrases.Where((_, number) => hits.Has(number));
    }

    private static bool ByDefinition(ContentRules rules, ReceivedMessage mail)
    {
        var (any, all, none) = (Folded(rules.AnyOf), Folded(rules.AllOf), Folded(rules.NoneOf));
        var text = rules.Include == ContentInclude.Everything ? mail.Text : mail.NewText;
        bool Says(string phrase) =>
            (rules.Scope != ContentScope.Body && FoldedText.Of(mail.Subject).Contains(phrase, StringComparison.Ordinal))
            || (rules.Scope != ContentScope.Subject && FoldedText.Of(text).Contains(phrase, StringComparison.Ordinal));
        return any.Length + all.Length + none.Length > 0 && (any.Length == 0 || any.Any(Says)) && all.All(Says) && !none.Any(Says);
    }

    private static string[] Folded(IEnumerable<string> phrases) => [.. phrases.Select(phrase => FoldedText.Of(phrase).Trim())];
}
