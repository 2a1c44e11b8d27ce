using Switchboard.Load.Tracking;
using Switchboard.Load.Tracking.Ingest;

namespace Switchboard.Tests.Simulator.Load;

public sealed class TrackingComparisonTests
{
    private static readonly EmailAccount Account = new(Guid.CreateVersion7(), "microsoft", "ann@load.test", "active", null);
    private static readonly ExpectedEmail Answered = new("<1@load.test>", "responded", 90, AutoReplied: true);
    private static readonly TrackedEmail Right = new(
        Guid.CreateVersion7(), Account.Id, "AAMk", "<1@load.test>", "Offer", [], default, "responded", HasResponse: true, default(DateTimeOffset), 90, default(DateTimeOffset), default);

    public static TheoryData<string, string> Errors => new()
    {
        { "account", "is of account" },
        { "status", "is active, not responded" },
        { "seconds", "was answered after 91 s, not 90 s" },
        { "no seconds", "was answered after none, not 90 s" },
        { "hasResponse", "has hasResponse False" },
        { "autoReply", "has no automatic reply" },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void What_is_said_of_a_mail_and_not_true_is_wrong(string what, string told)
    {
        var verdict = Judge(what switch
        {
            "account" => Right with { AccountId = Guid.CreateVersion7() },
            "status" => Right with { Status = "active" },
            "seconds" => Right with { ResponseSeconds = 91 },
            "no seconds" => Right with { ResponseSeconds = null },
            "hasResponse" => Right with { HasResponse = false },
            _ => Right with { AutoRepliedAt = null },
        });

        (verdict.Lost, verdict.Duplicated, verdict.Wrong).ShouldBe((0, 0, 1));
        verdict.Examples.ShouldHaveSingleItem().ShouldContain(told);
    }

    [Fact]
    public void What_is_true_is_not_wrong()
    {
        var verdict = Judge(Right);

        (verdict.Lost, verdict.Duplicated, verdict.Wrong).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void A_mail_that_was_never_sent_is_wrong_and_the_one_that_was_is_lost()
    {
        var verdict = Judge(Right with { InternetMessageId = "<2@load.test>" });

        (verdict.Lost, verdict.Duplicated, verdict.Wrong).ShouldBe((1, 0, 1));
    }

    private static TrackingResult Judge(TrackedEmail item)
    {
        var verdict = new TrackingResult();
        var comparison = new TrackingComparison(Account, verdict);
        comparison.Expect(Answered);
        comparison.Add(item);
        comparison.CountLost();
        return verdict;
    }
}
