using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Dispatch;

/// <content>What is made ahead of its time, since it has media.</content>
public sealed partial class ProcessScheduleTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_has_media_is_made_a_minute_ahead_and_prepared_from_then_on_as_scheduled_posts_are(bool slots)
    {
        var media = await AddMediaAsync();
        var schedule = await AddAsync(slots: slots, media: media);
        await ProcessAsync(schedule); // at its start, which is now, or has no slot
        if (slots)
        {
            await QueueAsync(schedule, 1);
            await ExecuteAsync("UPDATE social_posts SET media_ids = ARRAY[$2::uuid] WHERE schedule_id = $1", schedule.Id, media);
        }

        var next = (await FindAsync(schedule)).NextAt!.Value;
        (schedule with { NextAt = next }).NextJobs().ShouldHaveSingleItem().DueAt.ShouldBe(next.AddMinutes(-1));
        Time.Advance(next.AddMinutes(-1) - Time.GetUtcNow());
        (await ProcessAsync(schedule, schedule))[0].ShouldBe(JobOutcome.Done);

        (await ReadAsync(
            """
            SELECT (t.due_at = p.occurrence_at)::text || ' ' || date_trunc('minute', t.due_at - t.next_attempt_at + interval '1 second')::text
            FROM social_post_targets AS t JOIN social_posts AS p ON p.id = t.post_id
            WHERE p.schedule_id = $1 ORDER BY p.occurrence_at DESC LIMIT 1
            """,
            schedule.Id)).ShouldBe(["true 00:01:00"]);
        (await FindAsync(schedule)).NextAt!.Value.ShouldBeGreaterThan(next);
    }

    [Fact]
    public async Task A_slot_for_which_no_media_waits_is_looked_at_again_at_its_time()
    {
        var schedule = await AddAsync(slots: true);
        var post = await QueueAsync(schedule, 1);
        Time.Advance(schedule.NextAt!.Value.AddMinutes(-1) - Time.GetUtcNow());

        (await ProcessAsync(schedule)).ShouldHaveSingleItem().ShouldBeOfType<JobOutcome.SnoozeOutcome>().After
            .ShouldBe(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));

        (await QueuedAsync(schedule)).ShouldBe([post.ToString()]);
    }

    private async Task<Guid> AddMediaAsync()
    {
        await AddUserAsync(_user);
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            """
            INSERT INTO social_media (id, user_id, file_name, state, content_type, total_bytes, uploaded_bytes, width, height, created_at, updated_at)
            VALUES ($1, $2, 'a.jpg', 'ready', 'image/jpeg', 1, 1, 1080, 1080, now(), now())
            """,
            id, _user);
        return id;
    }
}
