using System.Text.Json;
using Switchboard.Core.Email;

namespace Switchboard.Tests.Unit.Email.Tracking;

public sealed class PolicyTests
{
    private static readonly TrackingPolicy Matching = new(TrackingMode.Matching, ["Sales"], ["*@Contoso.test", "bob@fabrikam.test", "*@bücher.example"], 90, null);

    [Theory]
    [InlineData("", "ann@contoso.test", true)]
    [InlineData("", "eve@x.test bob@fabrikam.test", true)]
    [InlineData("SALES", "eve@x.test", true)]
    [InlineData("Presales", "eve@x.test", false)]
    [InlineData("", "ann@contoso.test.evil.test", false)]
    [InlineData("", "ann@xn--bcher-kva.example", true)]
    [InlineData("", "", false)]
    public void By_category_or_recipient(string category, string recipients, bool tracks) =>
        Matching.Tracks(category.Length == 0 ? [] : ["Other", category], recipients.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ShouldBe(tracks);

    [Fact]
    public void All_or_only_what_is_asked_for()
    {
        TrackingPolicy.All.Tracks([], []).ShouldBeTrue();
        (Matching with { Mode = TrackingMode.Requested }).Tracks(["Sales"], ["ann@contoso.test"]).ShouldBeFalse();
    }

    [Fact]
    public void It_is_kept_as_json_and_lists_may_be_left_out()
    {
        var policy = Matching with { FollowUp = new FollowUp(3, 2, "Europe/Berlin", "sms", "+1") };

        var read = TrackingJson.Read(TrackingJson.Write(policy));

        (read.Mode, read.WindowDays, read.FollowUp).ShouldBe((policy.Mode, policy.WindowDays, policy.FollowUp));
        read.Categories.ShouldBe(policy.Categories);
        read.Recipients.ShouldBe(policy.Recipients);
        TrackingJson.Read("""{"mode":"all","windowDays":1}""").Categories.ShouldBeEmpty();
        Should.Throw<JsonException>(() => TrackingJson.Read("null"));
    }
}
