using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Switchboard.Core.Rules;

namespace Switchboard.Tests.Unit.Rules;

/// <summary>What a person wrote is told from what is quoted below it, as mail programs of many languages quote.</summary>
public sealed class QuotedTextTests
{
    private const string Outlook = "From: Jane Doe <jane@acme.test>\nSent: Monday, March 2, 2026 9:00 AM\nTo: me@example.com\nSubject: Invoice\n\nold";

    [Theory]
    [InlineData("New\n\nOn Mon, Mar 2, 2026 at 9:00 AM Jane Doe <jane@acme.test> wrote:\n\n> old\n> older\n")]
    [InlineData("New\r\n\r\nOn Mon, Mar 2, 2026 at 9:00 AM Jane Doe <jane@acme.test>\r\nwrote:\r\n\r\n> old\r\n")]
    [InlineData("New\n\nOn Mon, Mar 2,\n2026 at 9:00 AM Jane Doe <\njane@acme.test> wrote:\n\nold\nnot marked\n")]
    [InlineData("New\n> old\n>> older\n>\n")]
    [InlineData("New\n\nOn 3/2/26 9:00 AM, Jane Doe wrote:\n> old")]
    [InlineData("New\n\nAm 02.03.2026 um 09:00 schrieb Jane Doe <jane@acme.test>:\n> old")]
    [InlineData("New\n\nAm 02.03.26 um 09:00 schrieb Jane Doe:\n> old")]
    [InlineData("New\n\nLe lun. 2 mars 2026 à 09:00, Jane Doe <jane@acme.test> a écrit :\n> old")]
    [InlineData("New\n\nEl lun, 2 mar 2026 a las 9:00, Jane Doe (<jane@acme.test>) escribió:\n> old")]
    [InlineData("New\n\nIl giorno lun 2 mar 2026 alle ore 09:00 Jane Doe <jane@acme.test>\nha scritto:\n> old")]
    [InlineData("New\n\nEm seg., 2 de mar. de 2026 às 09:00, Jane <jane@acme.test> escreveu:\n> old")]
    [InlineData("New\n\nOp ma 2 mrt 2026 om 09:00 schreef Jane Doe <jane@acme.test>:\n> old")]
    [InlineData("New\n\npon., 2 mar 2026 o 09:00 Jane Doe <jane@acme.test> napisał(a):\n> old")]
    [InlineData("New\n\nпн, 2 мар. 2026 г. в 09:00, Jane Doe <jane@acme.test>:\n> old")]
    [InlineData("New\n\n2026年3月2日(月) 9:00 Jane Doe <jane@acme.test>:\n> old")]
    [InlineData("New\n\nJane Doe <jane@acme.test> 于2026年3月2日周一 09:00写道：\n> old")]
    [InlineData("New\n\n-----Original Message-----\nFrom: Jane\n\nold")]
    [InlineData("New\n\n-------- Ursprüngliche Nachricht --------\nBetreff: x\n\nold")]
    [InlineData("New\n\n" + Outlook)]
    [InlineData("New\n\n*From:* Jane Doe\n*Sent:* Monday\n*To:* me\n*Subject:* x\n\nold")]
    [InlineData("New\n\n________________________________\n" + Outlook)]
    [InlineData("New\n\n________________________________\nAfzender: Jane <jane@acme.test>\nVerzonden: maandag\n\nold")]
    [InlineData("New\n\nVon: Jane Doe <jane@acme.test>\nGesendet: Montag, 2. März 2026 09:00\nAn: me@example.com\nBetreff: Rechnung\n\nold")]
    [InlineData("New\n\nDe : Jane Doe\nEnvoyé : lundi 2 mars 2026 09:00\nÀ : me@example.com\nObjet : Facture\n\nold")]
    [InlineData("New\n-- \nJane Doe\nold title")]
    [InlineData("New\r\n-- \r\nJane\r\n\r\nOn Mon, Mar 2, 2026 at 9:00 AM <a@b.test> wrote:\r\n> old")]
    public void What_is_quoted_and_the_signature_do_not_count(string text)
    {
        QuotedText.Without("Re: Invoice", text).ShouldBe("New");
        Some.Match(Some.Rule(content: Some.Content(anyOf: ["old"])), Some.Mail(subject: "Re: x", text: text)).ShouldBeFalse();
        Some.Match(Some.Rule(content: Some.Content(noneOf: ["old"])), Some.Mail(subject: "Re: x", text: text)).ShouldBeTrue();
        Some.Match(Some.Rule(content: Some.Content(anyOf: ["old"], include: ContentInclude.Everything)), Some.Mail(subject: "Re: x", text: text))
            .ShouldBeTrue();
    }

    [Fact]
    public void An_answer_between_the_lines_counts() =>
        QuotedText.Without("Re: x", "Hello\nOn Mon, Mar 2, 2026 at 9:00 Jane <jane@acme.test> wrote:\n> One?\nYes.\n> Two?\nNo.\n")
            .ShouldBe("Hello\nYes.\nNo.");

    [Theory]
    [InlineData("> only quoted\n> lines")]
    [InlineData("-- \nonly a signature")]
    [InlineData(" \n" + Outlook)]
    [InlineData("\u200B\n> old")]
    [InlineData("On Mon, Mar 2, 2026 at 9:00 AM Jane Doe <jane@acme.test> wrote:\n> old")]
    public void A_mail_of_which_nothing_would_be_left_counts_as_it_is(string text) => QuotedText.Without("Re: x", text).ShouldBeSameAs(text);

    [Theory]
    [InlineData("Fwd: Invoice", "See below\n\n" + Outlook)]
    [InlineData("[EXTERNAL] WG: Rechnung", "See below\n\n" + Outlook)]
    [InlineData("Invoice", "FYI\n\n---------- Forwarded message ---------\n" + Outlook)]
    public void What_is_forwarded_is_new(string subject, string text) => QuotedText.Without(subject, text).ShouldBe(text);

    [Theory]
    [InlineData("From: Berlin\nTo: Munich\nDate: 2026-03-02\nSeat: 4")]
    [InlineData("At 9:00 he wrote a letter\nand sent it")]
    [InlineData("Starts 9:00:\n- welcome")]
    [InlineData("Total\n--\n42")]
    [InlineData("Alert\n________________________________\nHost: db1\nState: down")]
    [InlineData("a > b\n  > c")]
    [InlineData("Write to jane@acme.test:\nnow")]
    [InlineData("")]
    public void What_only_looks_like_it_stays(string text) => QuotedText.Without("x", text).ShouldBeSameAs(text);

    [Fact]
    public void A_line_above_an_attribution_is_none_of_it() =>
        QuotedText.Without("Re: x", "The order of 2026 is ready\nOn Mon, Mar 2, 2026 at 9:00 AM Jane <jane@acme.test> wrote:\n> old")
            .ShouldBe("The order of 2026 is ready");

    [Fact]
    public void Many_lines_that_say_nothing_are_each_passed_over_once()
    {
        var line = new string('_', 32);
        var text = string.Concat(Enumerable.Repeat(line + "\n", 1_008)) + new string('\n', 32_000);

        var started = Stopwatch.GetTimestamp();
        for (var mail = 0; mail < 200; mail++)
            QuotedText.Without("x", text).ShouldStartWith(line);

        // each of them was a walk over all that follow it: a minute
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void An_sms_has_no_quotes() => Some.Text("New\n> old").NewText.ShouldBe("New\n> old");

    [Fact]
    public void Whatever_comes_something_is_left_and_nothing_is_made_up()
    {
        var line = Gen.Elements(
            "New", "", " ", "> old", "-- ", "--", "On 2 Mar 2026 at 9:00 a@b.test wrote:", "On Monday", "<a@b.test> wrote:", "From: a@b.test",
            "Sent: 9:00", "Subject: x", "________________________________", "-----Original Message-----", "Begin forwarded message:", "\ud83d", ":");
        var texts = line.ArrayOf().Select(lines => string.Join('\n', lines));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(30), Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var left = QuotedText.Without("Re: x", text);
            return FoldedText.IsBlank(left) == FoldedText.IsBlank(text) && Lines(left).All(Lines(text).Contains);
        }));
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => line.TrimEnd());
}
