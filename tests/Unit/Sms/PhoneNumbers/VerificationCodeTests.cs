using Switchboard.Edge.Api.Sms.PhoneNumbers;

namespace Switchboard.Tests.Unit.Sms.PhoneNumbers;

public sealed class VerificationCodeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 6, 0, 0, TimeSpan.Zero);
    private static readonly PendingVerification Open = new("+15550100001", null, "012345", Now.AddMinutes(10), 0, null);

    [Fact]
    public void The_code_verifies_and_another_does_not()
    {
        Try(Open, "012345").ShouldBe(CodeCheck.Right);
        Try(Open, "012346").ShouldBe(CodeCheck.Wrong);
    }

    [Theory]
    [InlineData(3, "Wrong")]
    [InlineData(4, "WrongForTheLastTime")]
    public void The_fifth_wrong_try_is_the_last(int before, string verdict)
    {
        Try(Open with { WrongTries = before }, "000000").ToString().ShouldBe(verdict);
        Try(Open with { WrongTries = before }, "012345").ShouldBe(CodeCheck.Right);
    }

    [Fact]
    public void A_code_is_taken_until_its_end_and_not_at_it()
    {
        VerificationCode.Try(Open, "012345", Now.AddMinutes(10).AddTicks(-1)).ShouldBe(CodeCheck.Right);
        VerificationCode.Try(Open, "012345", Now.AddMinutes(10)).ShouldBe(CodeCheck.NoCode);
        Try(Open with { Code = null, CodeExpiresAt = null }, "012345").ShouldBe(CodeCheck.NoCode);
    }

    [Fact]
    public void While_it_pauses_not_even_the_code_is_taken()
    {
        Try(Open with { PausedUntil = Now.AddTicks(1) }, "012345").ShouldBe(CodeCheck.Paused);
        Try(Open with { PausedUntil = Now }, "012345").ShouldBe(CodeCheck.Right);
    }

    [Fact]
    public void What_is_verified_stays_so_whatever_is_given() =>
        Try(Open with { VerifiedAt = Now, Code = null, PausedUntil = Now.AddDays(1) }, "999999").ShouldBe(CodeCheck.VerifiedBefore);

    [Fact]
    public void Codes_are_six_digits_zeros_in_front_too()
    {
        var codes = Enumerable.Range(0, 1_000).Select(_ => VerificationCode.New()).ToArray();
        codes.ShouldAllBe(code => VerificationCode.IsWellFormed(code));
        codes.Distinct().Count().ShouldBeGreaterThan(950);
        codes.ShouldContain(code => code.StartsWith('0'));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData("12345a")]
    [InlineData("12345٦")]
    public void What_is_no_code_is_not_tried(string? code) => VerificationCode.IsWellFormed(code).ShouldBeFalse();

    private static CodeCheck Try(PendingVerification number, string code) => VerificationCode.Try(number, code, Now);
}
