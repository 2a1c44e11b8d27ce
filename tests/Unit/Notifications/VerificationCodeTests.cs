using System.Text.RegularExpressions;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Channels.Sms;

namespace Switchboard.Tests.Unit.Notifications;

public sealed partial class VerificationCodeTests
{
    [Theory]
    [InlineData(600, "10 minutes")]
    [InlineData(599.5, "10 minutes")]
    [InlineData(540, "9 minutes")]
    [InlineData(59, "1 minute")]
    public void The_message_tells_how_long_the_code_is_valid_from_now_on(double seconds, string told) =>
        VerificationMessage.Of("012345", TimeSpan.FromSeconds(seconds))
            .ShouldStartWith($"Your Switchboard code is 012345. It is valid for {told}.");

    [Fact]
    public void The_code_is_the_only_run_of_six_digits_and_the_sms_is_one_segment()
    {
        var text = VerificationMessage.Of("012345", TimeSpan.FromMinutes(10));

        Runs().Matches(text).Select(run => run.Value).Where(run => run.Length >= 4).ShouldBe(["012345"]);
        text.Length.ShouldBeLessThanOrEqualTo(160);
    }

    [Fact]
    public void A_code_that_was_taken_is_done_and_noted() =>
        CodeDecision.For(new SendResult.Accepted("SM1", 201), isLastAttempt: false).ShouldBe(new(JobOutcome.Done, IsSent: true));

    [Fact]
    public void A_number_that_is_refused_is_its_users_to_mend() =>
        CodeDecision.For(new ProviderFailure(FailureKind.Permanent, "no mobile number", 400), isLastAttempt: false)
            .ShouldBe(new(JobOutcome.Done, UserError: "no mobile number"));

    [Fact]
    public void Where_it_is_not_known_whether_it_was_sent_it_is_sent_again() =>
        CodeDecision.For(new ProviderFailure(FailureKind.UnknownOutcome, "reset"), isLastAttempt: false).ShouldBe(new(JobOutcome.Retry("reset")));

    [Fact]
    public void After_the_last_attempt_the_user_is_told()
    {
        var decision = CodeDecision.For(new ProviderFailure(FailureKind.Transient, "down", 503), isLastAttempt: true);

        decision.Job.ShouldBe(JobOutcome.Retry("down"));
        decision.UserError.ShouldNotBeNull().ShouldContain("could not be sent");
    }

    [Fact]
    public void A_limit_and_an_account_that_needs_its_operator_cost_no_attempt()
    {
        var second = TimeSpan.FromSeconds(1);

        CodeDecision.For(new ProviderFailure(FailureKind.Throttled, "slow", 429, second), isLastAttempt: true).ShouldBe(new(JobOutcome.Snooze(second, "slow")));
        CodeDecision.For(new ProviderFailure(FailureKind.Unauthorized, "token", 401, second), isLastAttempt: true).ShouldBe(new(JobOutcome.Snooze(second, "token")));
    }

    [GeneratedRegex("[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Runs();
}
