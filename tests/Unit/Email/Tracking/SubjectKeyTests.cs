using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Tests.Unit.Email.Tracking;

public sealed class SubjectKeyTests
{
    [Theory]
    [InlineData("Re: Offer 42")]
    [InlineData("RE:Offer 42")]
    [InlineData("re : OFFER   42 ")]
    [InlineData("Re: Re: RE: Offer 42")]
    [InlineData("Re[2]: Offer 42")]
    [InlineData("RE(3): Offer\t42")]
    [InlineData("Re^2: Offer 42")]
    [InlineData("Fwd: AW: Offer 42")]
    [InlineData("WG: FW: SV: VS: Antw: Rép : TR: RV: R: I: Odp: Offer 42")]
    [InlineData("回复：Offer 42")]
    [InlineData("[EXT] Re: [External] Offer 42")]
    [InlineData("Automatic reply: Offer 42")]
    [InlineData("Réponse automatique\u00a0: Re: Offer\r\n 42")]
    [InlineData("Undeliverable: Re: Offer 42")]
    [InlineData("[EXTERNAL] Re\u0301ponse automatique : Of\u200bfer 42")]
    [InlineData("Odpowiedz\u0301 automatyczna: Offer 42")]
    [InlineData("OOO: Offer 42")]
    public void An_answers_subject_is_that_of_the_mail_before_it(string subject) =>
        SubjectKey.Of(subject).ShouldBe(new SubjectKey("offer 42", IsAnswer: true));

    [Theory]
    [InlineData("Offer 42", "offer 42")]
    [InlineData("[EXTERN] Offer 42", "offer 42")]
    [InlineData("Regarding: Offer", "regarding: offer")]
    [InlineData("Reply Offer", "reply offer")]
    [InlineData("Re Offer", "re offer")]
    [InlineData("12: Offer", "12: offer")]
    [InlineData("", "")]
    [InlineData(" \t", "")]
    public void Others_are_no_answers(string subject, string text) =>
        SubjectKey.Of(subject).ShouldBe(new SubjectKey(text, IsAnswer: false));

    [Fact]
    public void Nothing_may_be_left() => SubjectKey.Of("Re: AW:").ShouldBe(new SubjectKey("", IsAnswer: true));

    [Fact]
    public void Endless_subjects_end()
    {
        SubjectKey.Of(string.Concat(Enumerable.Repeat("Re:", 100_000))).IsAnswer.ShouldBeTrue();
        SubjectKey.Of(new string('x', 100_000)).Text.Length.ShouldBe(1_000);
    }

    [Fact]
    public void Keys_of_subjects_without_differences_that_count_are_the_same()
    {
        MailKey.OfSubject(SubjectKey.Of("Re: OFFER  42")).ShouldBe(MailKey.OfSubject(SubjectKey.Of("offer 42")));
        MailKey.OfSubject(SubjectKey.Of("offer 42")).ShouldNotBe(MailKey.OfSubject(SubjectKey.Of("offer 43")));
    }
}
