using System.Text.Json;
using Switchboard.Core.Social.Posts;
using Switchboard.Edge.Api.Social.Posts;

namespace Switchboard.Tests.Unit.Social.Posts;

/// <summary>What becomes of posts by changes, and which are too late.</summary>
public sealed class PostChangeTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Schedule = Guid.CreateVersion7();

    [Theory]
    [InlineData("draft", "draft", null)]
    [InlineData("scheduled", "pending", null)]
    [InlineData("publishing", "waiting", null)]
    [InlineData("publishing", "preparing", null)]
    [InlineData("publishing", "ready", null)]
    [InlineData("failed", "failed", null)]
    [InlineData("publishing", "sending", "being sent")]
    [InlineData("publishing", "unknown", "being sent")]
    [InlineData("publishing", "published", "being sent")]
    [InlineData("published", "published", "published")]
    [InlineData("partly", "failed", "published")]
    [InlineData("cancelled", "cancelled", "cancelled")]
    public void Content_is_fixed_from_the_moment_of_sending(string state, string target, string? reason)
    {
        var refusal = PostChange.Refusal(new(Post(state), [(Guid.Empty, "x", "pending", null), (Guid.Empty, "x", target, null)]));

        if (reason is null)
            refusal.ShouldBeNull();
        else
            refusal.ShouldNotBeNull().ShouldContain(reason);
    }

    [Fact]
    public void What_is_left_out_stays()
    {
        var post = PostChange.Of(Post("scheduled", Now.AddHours(1)), new() { Tags = ["b"] }, Now);

        post.Content.Text.ShouldBe("Text");
        (post.State, post.ScheduledAt, post.ScheduleId, post.QueuePosition).ShouldBe((PostStates.Scheduled, Now.AddHours(1), null, null));
        post.Tags.ShouldBe(["b"]);
        post.Metadata.ShouldBe("{\"a\":1}");
    }

    [Fact]
    public void A_time_takes_a_post_out_of_its_queue_and_a_schedule_puts_it_in()
    {
        var queued = Post("scheduled", null, Schedule, 7);

        Places(PostChange.Of(queued, new() { Content = new() { Text = "Other" } }, Now)).ShouldBe((null, Schedule, 7));
        Places(PostChange.Of(queued, new() { ScheduledAt = Now.AddHours(1) }, Now)).ShouldBe((Now.AddHours(1), null, null));
        Places(PostChange.Of(queued, new() { Draft = true }, Now)).ShouldBe((null, null, null));
        // its place is for who makes the change to say
        Places(PostChange.Of(Post("scheduled", Now.AddHours(1)), new() { ScheduleId = Schedule }, Now)).ShouldBe((null, Schedule, null));
    }

    [Fact]
    public void A_draft_stays_one_and_what_failed_becomes_one_until_it_is_said_when_it_goes()
    {
        PostChange.Of(Post("draft"), new() { ScheduledAt = Now.AddHours(1) }, Now).State.ShouldBe(PostStates.Draft);
        var now = PostChange.Of(Post("draft"), new() { Draft = false }, Now);
        (now.State, now.ScheduledAt).ShouldBe((PostStates.Scheduled, Now));
        PostChange.Of(Post("failed", Now.AddHours(-1)), new() { Content = new() { Text = "Better" } }, Now).State.ShouldBe(PostStates.Draft);
        PostChange.Of(Post("failed", Now.AddHours(-1)), new() { ScheduledAt = Now.AddHours(1) }, Now).State.ShouldBe(PostStates.Scheduled);
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData("", 3, null)]
    [InlineData("\"3\"", null, null)]
    [InlineData("\"1\", \"3\"", null, null)]
    [InlineData("*", null, null)]
    [InlineData("", 2, 409)]
    [InlineData("\"2\"", null, 412)]
    [InlineData("\"2\"", 3, 412)]
    public void Only_the_version_that_was_read_is_changed(string ifMatch, int? version, int? status) =>
        (PostVersion.Refusal(Post("scheduled"), ifMatch, version)?.StatusCode).ShouldBe(status);

    private static (DateTimeOffset? At, Guid? Schedule, long? Position) Places(NewPost post) => (post.ScheduledAt, post.ScheduleId, post.QueuePosition);

    private static PostResponse Post(string state, DateTimeOffset? at = null, Guid? schedule = null, long? position = null) => new(
        Guid.CreateVersion7(), state, new() { Text = "Text" }, new(), at, schedule, position, ["a"],
        JsonSerializer.Deserialize<JsonElement>("{\"a\":1}"), 3, Now, Now, null, new Dictionary<string, int>());
}
