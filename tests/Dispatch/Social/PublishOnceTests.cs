using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Workers.Dispatch.Social;
using Switchboard.Workers.Dispatch.Social.Publishing;

namespace Switchboard.Tests.Dispatch.Social;

/// <summary>Exactly once, whatever dies or is lost in between.</summary>
public sealed class PublishOnceTests(PostgresServer postgres) : PublishTest(postgres), IClassFixture<PostgresServer>
{
    private readonly PostgresServer _postgres = postgres;

    [Theory]
    [InlineData("before it was prepared")]
    [InlineData("before it was kept what was prepared")]
    [InlineData("when its attempt had begun")]
    [InlineData("when it was made")]
    public async Task Whenever_the_process_dies_it_is_made_once(string when)
    {
        var account = await AddAccountAsync();
        var (post, target) = await AddPostAsync(when, account);
        X.Prepare = async prepared =>
        {
            if (when == "before it was prepared")
                await DieAsync();
            if (when == "before it was kept what was prepared")
                await KillAsync();
            return new(Json("""{"step": 1}"""));
        };
        X.BeforeMaking = (_, _) => when == "when its attempt had begun" ? DieAsync() : Task.CompletedTask;
        X.AfterMaking = _ => when == "when it was made" ? DieAsync() : Task.CompletedTask;
        await Should.ThrowAsync<OperationCanceledException>(PublishAsync(target));
        await RestartAsync();
        (X.Prepare, X.BeforeMaking, X.AfterMaking) =
            (_ => Task.FromResult(new Preparation(Json("""{"step": 1}"""))), (_, _) => Task.CompletedTask, _ => Task.CompletedTask);

        await PublishToEndAsync(target);

        X.Made.Count.ShouldBe(1);
        (await PostAsync(post)).ShouldBe("published");
        (await DaysAsync(account)).ShouldBe(when == "when its attempt had begun" ? "1 1 1 0 0" : "1 1 0 0 0");

        async Task DieAsync()
        {
            await KillAsync();
            throw new OperationCanceledException();
        }
    }

    [Fact]
    public async Task A_claim_that_was_left_ends_by_itself()
    {
        var account = await AddAccountAsync();
        var (_, target) = await AddPostAsync("left", account);
        var claimedUntil = Time.GetUtcNow().AddSeconds(90);
        await ExecuteAsync(
            """
            UPDATE social_post_targets
            SET state = 'ready', prepared = '{"step": 1}', prepared_version = 1, claim = $2, claimed_until = $3
            WHERE id = $1
            """,
            target, Guid.CreateVersion7(), claimedUntil);

        (await PublishAsync(target)).ShouldHaveSingleItem().ShouldBeOfType<JobOutcome.SnoozeOutcome>()
            .After.ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromSeconds(5));
        X.Made.ShouldBeEmpty();
        await PublishToEndAsync(target);

        X.Made.ShouldHaveSingleItem().Prepared!.Value.GetProperty("step").GetInt32().ShouldBe(1);
        Time.GetUtcNow().ShouldBeGreaterThan(claimedUntil);
    }

    [Fact]
    public async Task A_post_whose_answer_is_lost_is_found_and_not_sent_again()
    {
        var account = await AddAccountAsync();
        var (post, target) = await AddPostAsync("lost", account);
        X.AfterMaking = _ => throw TestPlatform.Failure(FailureKind.UnknownOutcome);

        (await PublishAsync(target)).ShouldHaveSingleItem().ShouldBeOfType<JobOutcome.SnoozeOutcome>();
        (await TargetAsync(target)).ShouldBe("unknown 1 read-back");
        (await PostAsync(post)).ShouldBe("publishing");
        (await DaysAsync(account)).ShouldBe("1 0 0 0 1");
        // what it says by now is not what is looked for
        await EditAsync(post, "not lost");
        await PublishToEndAsync(target);

        X.Made.Count.ShouldBe(1);
        (await TargetAsync(target)).ShouldBe("published 1");
        (await SocialAttemptsAsync(target)).ShouldBe("1 accepted read-back");
        (await DaysAsync(account)).ShouldBe("1 1 0 0 0");
        (await EventsAsync(User)).ShouldBe("post.published 1, post.unknown 1");
    }

    [Fact]
    public async Task Of_two_posts_with_one_text_each_finds_its_own()
    {
        var account = await AddAccountAsync();
        var (_, first) = await AddPostAsync("the same", account);
        var (_, second) = await AddPostAsync("the same", account);
        X.AfterMaking = _ => throw TestPlatform.Failure(FailureKind.UnknownOutcome);
        await PublishAsync(first);
        X.BeforeMaking = (_, _) => throw TestPlatform.Failure(FailureKind.UnknownOutcome);
        await PublishAsync(second);
        (X.BeforeMaking, X.AfterMaking) = ((_, _) => Task.CompletedTask, _ => Task.CompletedTask);
        Time.Advance(TimeSpan.FromMinutes(2));

        // at once, as two processes would
        await Task.WhenAll(PublishAsync(first), PublishAsync(second));
        await PublishToEndAsync(first);
        await PublishToEndAsync(second);

        X.Made.Count.ShouldBe(2);
        (await ReadAsync("SELECT count(DISTINCT remote_id)::text FROM social_post_targets WHERE account_id = $1", account)).ShouldBe(["2"]);
    }

    [Fact]
    public async Task A_post_that_was_not_made_is_sent_again_when_the_platform_has_had_its_time_to_show_it()
    {
        var account = await AddAccountAsync();
        var (_, target) = await AddPostAsync("lost", account);
        var begun = Time.GetUtcNow();
        X.BeforeMaking = (_, _) => throw TestPlatform.Failure(FailureKind.UnknownOutcome);
        await PublishAsync(target);
        X.BeforeMaking = (_, _) => Task.CompletedTask;

        await PublishToEndAsync(target);

        X.Made.ShouldHaveSingleItem().Attempt.ShouldBe(2);
        (Time.GetUtcNow() - begun).ShouldBeGreaterThan(TimeSpan.FromSeconds(60));
        (await SocialAttemptsAsync(target)).ShouldBe("1 failed read-back, 2 accepted answer");
    }

    [Fact]
    public async Task A_post_that_comes_late_is_found_however_long_its_account_was_paused_meanwhile()
    {
        var account = await AddAccountAsync(SocialPlatforms.Mastodon);
        var (_, target) = await AddPostAsync("late", account);
        var underWay = new TaskCompletionSource<PublishTarget>();
        Mastodon.BeforeMaking = (sent, _) =>
        {
            underWay.SetResult(sent);
            throw TestPlatform.Failure(FailureKind.UnknownOutcome);
        };
        var first = (await PublishAsync(target)).ShouldHaveSingleItem().ShouldBeOfType<JobOutcome.SnoozeOutcome>();
        Mastodon.BeforeMaking = (_, _) => Task.CompletedTask;
        Time.Advance(first.After + TimeSpan.FromMilliseconds(1));

        // it is looked for before it is there
        await PublishAsync(target);
        Mastodon.Made.Enqueue(await underWay.Task);
        await ExecuteAsync("UPDATE social_accounts SET state = 'paused' WHERE id = $1", account);
        Time.Advance(TimeSpan.FromHours(2));
        await PublishAsync(target);
        await ExecuteAsync("UPDATE social_accounts SET state = 'active' WHERE id = $1", account);
        await Services.GetRequiredService<WaitingTargets>().ResumeAsync(default);
        await PublishToEndAsync(target);

        Mastodon.Made.Count.ShouldBe(1);
        (await SocialAttemptsAsync(target)).ShouldBe("1 accepted read-back");
    }

    [Fact]
    public async Task Under_faults_of_all_kinds_each_is_made_once()
    {
        Guid[] accounts = [await AddAccountAsync(), await AddAccountAsync(), await AddAccountAsync(SocialPlatforms.Bluesky)];
        var random = new Random(14);
        foreach (var platform in (TestPlatform[])[X, Bluesky])
        {
            platform.Prepare = _ => Faulty(null);
            platform.BeforeMaking = (_, _) => Faulty(FailureKind.UnknownOutcome);
            platform.AfterMaking = _ => Faulty(FailureKind.UnknownOutcome, isLost: true);
        }

        List<Guid> targets = [];
        for (var i = 0; i < 8; i++)
            targets.AddRange((await AddPostAsync($"post {i}", null, accounts)).Targets);
        foreach (var target in targets)
            await ExecuteAsync("UPDATE social_post_targets SET attempt_limit = 100 WHERE id = $1", target);
        foreach (var target in targets)
            await PublishOverRestartsAsync(target);

        X.Made.Concat(Bluesky.Made).Select(made => made.TargetId).Order().ShouldBe(targets.Order());
        (await ReadAsync("SELECT DISTINCT state FROM social_posts WHERE user_id = $1", User)).ShouldBe(["published"]);

        async Task<Preparation> Faulty(FailureKind? kind, bool isLost = false)
        {
            switch (random.Next(6))
            {
                case 0 when !isLost:
                    throw TestPlatform.Failure(FailureKind.Throttled, 429, TimeSpan.FromSeconds(1));
                case 1 when !isLost:
                    throw TestPlatform.Failure(FailureKind.Transient);
                case 2 when kind is { } lost:
                    throw TestPlatform.Failure(lost);
                case 3 when kind is not null:
                    throw new InvalidOperationException("an error of ours");
                case 4:
                    await KillAsync();
                    throw new OperationCanceledException();
            }

            return Preparation.Ready;
        }

        async Task PublishOverRestartsAsync(Guid target)
        {
            while (true)
            {
                try
                {
                    await ExecuteAsync("UPDATE social_accounts SET state = 'active' WHERE user_id = $1", User);
                    if ((await PublishAsync(target)).ShouldHaveSingleItem() is not JobOutcome.SnoozeOutcome snooze)
                        return;
                    Time.Advance(TimeSpan.FromMilliseconds(1) + (snooze.After > TimeSpan.Zero ? snooze.After : TimeSpan.Zero));
                }
                catch (OperationCanceledException)
                {
                    await RestartAsync();
                }
            }
        }
    }

    [Fact]
    public async Task A_begin_that_is_asked_for_again_holds_its_target_for_the_whole_request()
    {
        var account = await AddAccountAsync();
        var (post, target) = await AddPostAsync("begun", account);
        var store = Services.GetRequiredService<PublishingStore>();
        var claimed = (await store.ClaimAsync([await JobAsync(target)], default)).Values.ShouldHaveSingleItem();
        var begin = new AttemptBegin(claimed, new PostVariant { Text = "begun" }, 1);
        (await store.BeginAsync([begin])).ShouldBe([BeginResult.Begun]);
        Time.Advance(TimeSpan.FromSeconds(80));

        // the answer was lost, and the request is made after this one
        var now = Time.GetUtcNow();
        (await store.BeginAsync([begin])).ShouldBe([BeginResult.Begun]);

        var row = (await Database.Command("SELECT sent_at, claimed_until, next_attempt_at FROM social_post_targets WHERE id = $1", target)
            .ListAsync(row => Enumerable.Range(0, 3).Select(row.GetFieldValue<DateTimeOffset>).ToArray(), default)).ShouldHaveSingleItem();
        row[0].ShouldBeGreaterThanOrEqualTo(now);
        row[1..].ShouldAllBe(until => until >= now.AddSeconds(90));
        (await TargetAsync(target)).ShouldBe("sending 1");
        (await SocialAttemptsAsync(target)).ShouldBe("1 sending");
        (await DaysAsync(account)).ShouldBe("1 0 0 0 0");
        (await PostAsync(post)).ShouldBe("publishing");
    }

    [Fact]
    public async Task What_was_made_while_the_database_died_is_recorded_when_it_is_back_and_not_made_again()
    {
        var account = await AddAccountAsync();
        var (post, target) = await AddPostAsync("hello", account);
        var isKilled = new TaskCompletionSource();
        X.AfterMaking = async _ =>
        {
            await _postgres.KillAsync();
            isKilled.SetResult();
        };

        var handling = PublishAsync(target);
        await isKilled.Task;
        await _postgres.StartAsync();

        (await handling.WaitAsync(TimeSpan.FromSeconds(20))).ShouldHaveSingleItem().ShouldBe(JobOutcome.Done);
        X.Made.Count.ShouldBe(1);
        (await PostAsync(post)).ShouldBe("published");
        (await SocialAttemptsAsync(target)).ShouldBe("1 accepted answer");
        (await EventsAsync(User)).ShouldBe("post.published 1");
    }
}
