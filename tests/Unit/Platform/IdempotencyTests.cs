using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Platform;

public sealed class IdempotencyTests
{
    private static readonly Caller Caller = new(Guid.CreateVersion7(), Guid.CreateVersion7(), [Scope.Rules, Scope.Mail]);
    private static readonly byte[] Request = Of(Caller, "/api/rules");
    private static readonly byte[] Other = RequestFingerprint.Of(Caller, "/api/rules", new { name = "two" });

    [Fact]
    public void The_first_goes_on() =>
        IdempotencyDecisions.Decide(holdsLock: true, null, Request).ShouldBe(IdempotencyDecision.Proceed);

    [Fact]
    public void While_it_is_in_flight_the_second_is_told_so() =>
        IdempotencyDecisions.Decide(holdsLock: false, null, Request).ShouldBe(IdempotencyDecision.InFlight);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Afterwards_the_same_gets_the_same_answer_and_another_is_refused(bool holdsLock)
    {
        IdempotencyDecisions.Decide(holdsLock, new(Request, []), Request).ShouldBe(IdempotencyDecision.Replay);
        IdempotencyDecisions.Decide(holdsLock, new(Request, []), Other).ShouldBe(IdempotencyDecision.Reused);
    }

    [Fact]
    public void The_same_body_elsewhere_is_another_request() => Of(Caller, "/api/users").ShouldNotBe(Request);

    [Theory]
    [InlineData("/api/rules/")]
    [InlineData("/API/Rules")]
    public void A_path_is_the_same_however_it_is_written(string path) => Of(Caller, path).ShouldBe(Request);

    [Fact]
    public void Another_key_of_the_same_user_makes_another_request_and_so_do_other_scopes()
    {
        Of(Caller with { KeyId = Guid.CreateVersion7() }, "/api/rules").ShouldNotBe(Request);
        Of(Caller with { Scopes = [Scope.Rules] }, "/api/rules").ShouldNotBe(Request);
        Of(Caller with { Scopes = [Scope.Mail, Scope.Rules] }, "/api/rules").ShouldBe(Request);
    }

    [Fact]
    public void Two_users_may_use_the_same_key() =>
        RequestFingerprint.LockOf(Guid.CreateVersion7(), "key").ShouldNotBe(RequestFingerprint.LockOf(Guid.CreateVersion7(), "key"));

    [Theory]
    [InlineData(null, true)]
    [InlineData("0192f0a0-0000-7000-8000-000000000001", true)]
    [InlineData("", false)]
    [InlineData("tab\there", false)]
    [InlineData("ünlaut", false)]
    public void A_key_is_printable_and_not_empty(string? key, bool isValid) =>
        (IdempotencyKeyHeader.ErrorOf(key) is null).ShouldBe(isValid);

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void A_key_has_at_most_255_characters(int length, bool isValid) =>
        (IdempotencyKeyHeader.ErrorOf(new string('k', length)) is null).ShouldBe(isValid);

    private static byte[] Of(Caller caller, string path) => RequestFingerprint.Of(caller, path, new { name = "one" });
}
