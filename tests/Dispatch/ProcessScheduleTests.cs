using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Publishing;
using Switchboard.Core.Social.Scheduling;
using Switchboard.Workers.Dispatch.Social.Scheduling;

namespace Switchboard.Tests.Dispatch;

/// <summary>Occurrences of schedules on a real database: each makes one post, whatever is delivered twice or dies in between.</summary>
public sealed partial class ProcessScheduleTests(PostgresServer postgres) : DispatchTest(postgres), IClassFixture<PostgresServer>
{
    private readonly Guid _user = Guid.CreateVersion7();

    protected override void Configure(IServiceCollection services)
    {
        services.AddOptions<SchedulingOptions>();
        services.AddPublishTargets();
        services.AddScoped<ProcessScheduleHandler>();
        services.AddScoped<SweepSchedulesHandler>();
    }

    [Fact]
    public async Task An_occurrence_makes_one_armed_post_and_the_next_job_however_often_its_job_comes()
    {
        var schedule = await AddAsync();
        Time.Advance(TimeSpan.FromMinutes(1));

        (await ProcessAsync(schedule, schedule)).ShouldBe([JobOutcome.Done, JobOutcome.Done]);
        (await ProcessAsync(schedule)).ShouldBe([JobOutcome.Done]);

        (await PostsAsync(schedule)).ShouldBe([$"scheduled {Stamp(schedule.NextAt)} pending {Stamp(schedule.NextAt)}"]);
        (await JobsAsync("publish-post")).ShouldBe(1);
        (await ReadAsync(
            "SELECT to_char(due_at AT TIME ZONE 'UTC', 'HH24:MI:SS') FROM scheduled_jobs WHERE type = 'process-schedule' AND payload ->> 'scheduleId' = $1::text",
            schedule.Id)).ShouldBe([Stamp(schedule.NextAt!.Value.AddHours(1))]);
        (await FindAsync(schedule)).Occurrences.ShouldBe(1);
    }

    [Fact]
    public async Task Killed_at_any_of_its_statements_it_makes_one_post_when_it_comes_again()
    {
        for (var statement = 1; ; statement++)
        {
            var schedule = await AddAsync();
            Time.Advance(TimeSpan.FromMinutes(1));
            var wasKilled = false;
            using (var killed = new KilledAt(statement))
            {
                try
                {
                    await ProcessAsync([schedule], killed.Token);
                }
                catch (OperationCanceledException)
                {
                    wasKilled = true;
                }
            }

            await ProcessAsync(schedule);
            (await PostsAsync(schedule)).Count.ShouldBe(1, $"killed at statement {statement}");
            (await FindAsync(schedule)).NextAt.ShouldBe(schedule.NextAt!.Value.AddHours(1));
            if (!wasKilled)
            {
                statement.ShouldBeGreaterThan(5, "it has begun statements, and was killed at each");
                return;
            }
        }
    }

    [Theory]
    [InlineData(MissedPolicy.Skip, 0)]
    [InlineData(MissedPolicy.Once, 1)]
    public async Task After_an_outage_of_two_hours_none_or_one_goes_out_and_then_each_in_its_time(string missed, int posts)
    {
        var schedule = await AddAsync(missed);
        Time.Advance(TimeSpan.FromMinutes(130));

        await ProcessAsync(schedule, schedule);

        (await PostsAsync(schedule)).Count.ShouldBe(posts);
        var next = (await FindAsync(schedule)).NextAt;
        next.ShouldBe(schedule.NextAt!.Value.AddHours(3));
        if (posts == 1)
            (await ReadAsync("SELECT (scheduled_at - occurrence_at > interval '9 minutes')::text FROM social_posts WHERE schedule_id = $1", schedule.Id))
                .ShouldBe(["true"], "it is due now, for the last of the three");

        Time.Advance(next!.Value - Time.GetUtcNow() + TimeSpan.FromSeconds(1));
        await ProcessAsync(schedule);
        (await PostsAsync(schedule)).Count.ShouldBe(posts + 1);
    }

    [Fact]
    public async Task A_slot_takes_the_first_of_the_queue_and_passes_when_it_is_empty()
    {
        var schedule = await AddAsync(slots: true);
        var (first, second, draft) = (await QueueAsync(schedule, 2), await QueueAsync(schedule, 3), await QueueAsync(schedule, 1, "draft"));
        Time.Advance(schedule.NextAt!.Value - Time.GetUtcNow() + TimeSpan.FromSeconds(1));

        await ProcessAsync(schedule, schedule);

        (await QueuedAsync(schedule)).ShouldBe([draft.ToString(), second.ToString()]);
        (await ReadAsync("SELECT state || ' ' || (due_at = $2)::text FROM social_post_targets WHERE post_id = $1".Replace(
            "$2", $"'{schedule.NextAt:o}'", StringComparison.Ordinal), first)).ShouldBe(["pending true"]);

        for (var slot = 0; slot < 2; slot++)
        {
            var now = await FindAsync(schedule);
            Time.Advance(now.NextAt!.Value - Time.GetUtcNow() + TimeSpan.FromSeconds(1));
            await ProcessAsync(schedule);
        }

        (await QueuedAsync(schedule)).ShouldBe([draft.ToString()], "drafts wait for a person");
        (await FindAsync(schedule)).Occurrences.ShouldBe(2);
    }

    [Fact]
    public async Task The_job_of_a_former_version_or_of_a_paused_schedule_does_nothing()
    {
        var (changed, paused) = (await AddAsync(), await AddAsync());
        await ExecuteAsync("UPDATE social_schedules SET version = version + 1 WHERE id = $1", changed.Id);
        await ExecuteAsync("UPDATE social_schedules SET is_paused = true WHERE id = $1", paused.Id);
        Time.Advance(TimeSpan.FromMinutes(1));

        (await ProcessAsync(changed, paused)).ShouldAllBe(outcome => outcome == JobOutcome.Done);

        (await PostsAsync(changed)).Concat(await PostsAsync(paused)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_occurrence_that_cannot_be_made_is_told_and_the_next_one_is_waited_for()
    {
        var schedule = await AddAsync();
        await ExecuteAsync("DELETE FROM social_accounts WHERE user_id = $1", _user);
        Time.Advance(TimeSpan.FromMinutes(1));

        (await ProcessAsync(schedule)).ShouldBe([JobOutcome.Done]);

        var now = await FindAsync(schedule);
        now.LastError.ShouldNotBeNull().ShouldContain("There is no account");
        (now.NextAt, now.Occurrences).ShouldBe((schedule.NextAt!.Value.AddHours(1), 0));
    }

    [Fact]
    public async Task What_is_gone_of_the_targets_of_a_recurrence_is_left_out_and_told_and_the_rest_goes_out()
    {
        var (schedule, other) = (await AddAsync(), await AddAsync());
        var (here, gone, group) = (schedule.Targets.Accounts[0], other.Targets.Accounts[0], Guid.CreateVersion7());
        await ExecuteAsync(
            """
            UPDATE social_schedules SET content = jsonb_build_object('text', 'Hello', 'accounts', jsonb_build_object($3::text, '{"text": "Hello you"}'::jsonb)),
                targets = jsonb_build_object('accounts', jsonb_build_array($2::text, $3::text), 'groups', jsonb_build_array($4::text))
            WHERE id = $1
            """,
            schedule.Id, here, gone, group);
        await ExecuteAsync("DELETE FROM social_accounts WHERE id = $1", gone);
        Time.Advance(TimeSpan.FromMinutes(1));

        (await ProcessAsync(schedule)).ShouldBe([JobOutcome.Done]);

        (await ReadAsync(
            "SELECT t.account_id::text FROM social_post_targets AS t JOIN social_posts AS p ON p.id = t.post_id WHERE p.schedule_id = $1", schedule.Id))
            .ShouldBe([here.ToString()]);
        var now = await FindAsync(schedule);
        now.Occurrences.ShouldBe(1);
        now.LastError.ShouldNotBeNull().ShouldSatisfyAllConditions(
            error => error.ShouldContain($"account {gone}"), error => error.ShouldContain($"group {group}"));
    }

    [Fact]
    public async Task A_schedule_whose_job_is_lost_is_armed_again_once()
    {
        var schedule = await AddAsync();
        Time.Advance(TimeSpan.FromMinutes(7));

        for (var sweep = 0; sweep < 2; sweep++)
            await SweepAsync();

        (await ReadAsync(
            "SELECT payload ->> 'version' FROM scheduled_jobs WHERE type = 'process-schedule' AND payload ->> 'scheduleId' = $1::text",
            schedule.Id)).ShouldBe(["1"]);
    }

    private async Task<Schedule> AddAsync(string missed = MissedPolicy.Skip, bool slots = false, Guid? media = null)
    {
        await AddUserAsync(_user);
        var (account, now) = (Guid.CreateVersion7(), Time.GetUtcNow());
        await ExecuteAsync(
            """
            INSERT INTO social_accounts (id, user_id, platform, external_id, handle, refresh_token, state, state_changed_at, created_at, updated_at)
            VALUES ($1, $2, 'x', $1::text, 'ann', '\x00', 'active', now(), now(), now())
            """,
            account, _user);
        var times = slots
            ? Enum.GetValues<DayOfWeek>().Select(day => new WeeklySlot(day, new(9, 30))).ToArray()
            : null;
        var schedule = new Schedule(
            Guid.CreateVersion7(), _user, $"{account}", "UTC", times, slots ? null : new Recurrence(now, 1, RecurrenceUnit.Hours, Count: 100),
            slots ? null : new PostContent { Text = "Hello", Media = media is { } file ? [file] : [] }, new() { Accounts = slots ? [] : [account] }, missed, false, now, 0, null, 1, now, now);
        if (slots)
            schedule = schedule with { NextAt = schedule.Timetable.After(now).First().At };
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        (await ScheduleStore.InsertAsync(transaction, schedule, default)).ShouldBeTrue();
        await transaction.CommitAsync();
        return schedule;
    }

    private async Task<Guid> QueueAsync(Schedule schedule, int position, string state = "scheduled")
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            """
            INSERT INTO social_posts (id, user_id, content, targets, state, schedule_id, queue_position, created_at, updated_at)
            VALUES ($1, $2, '{"text": "Hello"}', '{}', $3, $4, $5, now(), now())
            """,
            id, _user, state, schedule.Id, (long)position);
        await ExecuteAsync(
            """
            INSERT INTO social_post_targets (id, user_id, post_id, account_id, platform, state, created_at, updated_at)
            SELECT $1, $2, $1, id, 'x', 'pending', now(), now() FROM social_accounts WHERE user_id = $2 LIMIT 1
            """,
            id, _user);
        return id;
    }

    private Task<IReadOnlyList<JobOutcome>> ProcessAsync(params Schedule[] schedules) => ProcessAsync(schedules, CancellationToken.None);

    private async Task<IReadOnlyList<JobOutcome>> ProcessAsync(Schedule[] schedules, CancellationToken cancellationToken)
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ProcessScheduleHandler>().HandleAsync(
            [.. schedules.Select(schedule => new JobDelivery<ProcessSchedule>(
                new(Guid.CreateVersion7(), schedule.UserId, schedule.Id, schedule.Version), 1, Time.GetUtcNow(), false, false, null))],
            cancellationToken);
    }

    private async Task SweepAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SweepSchedulesHandler>().HandleAsync(
            [new(new(Guid.CreateVersion7()), 1, Time.GetUtcNow(), false, false, null)], default);
    }

    private async Task<Schedule> FindAsync(Schedule schedule) =>
        (await new ScheduleStore(Database).FindAsync(schedule.UserId, schedule.Id, default)).ShouldNotBeNull();

    private Task<List<string>> PostsAsync(Schedule schedule) => ReadAsync(
        """
        SELECT p.state || ' ' || to_char(p.occurrence_at AT TIME ZONE 'UTC', 'HH24:MI:SS') || ' ' || t.state || ' '
            || to_char(t.due_at AT TIME ZONE 'UTC', 'HH24:MI:SS')
        FROM social_posts AS p JOIN social_post_targets AS t ON t.post_id = p.id WHERE p.schedule_id = $1 ORDER BY p.occurrence_at
        """,
        schedule.Id);

    private Task<List<string>> QueuedAsync(Schedule schedule) => ReadAsync(
        "SELECT id::text FROM social_posts WHERE schedule_id = $1 AND queue_position IS NOT NULL ORDER BY queue_position", schedule.Id);

    private Task<long> JobsAsync(string type) => Database.Command(
        "SELECT count(*) FROM scheduled_jobs WHERE type = $1 AND payload ->> 'userId' = $2::text", type, _user).ScalarAsync<long>(default);

    private static string Stamp(DateTimeOffset? at) => at!.Value.ToUniversalTime().ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
}
