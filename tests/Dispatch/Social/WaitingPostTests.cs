using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Workers.Dispatch.Social;
using Switchboard.Workers.Dispatch.Social.Publishing;

namespace Switchboard.Tests.Dispatch.Social;

public sealed class WaitingPostTests(PostgresServer postgres) : PublishTest(postgres), IClassFixture<PostgresServer>
{
    private WaitingTargets Waiting => Services.GetRequiredService<WaitingTargets>();

    [Fact]
    public async Task What_the_platform_throttles_takes_no_attempt_and_goes_on_when_the_account_is_limited_no_longer()
    {
        var account = await AddAccountAsync();
        var (_, first) = await AddPostAsync("first", account);
        var (_, second) = await AddPostAsync("second", account);
        X.BeforeMaking = (_, _) => throw TestPlatform.Failure(FailureKind.Throttled, 429, TimeSpan.FromMinutes(10));

        (await PublishAsync(first)).ShouldHaveSingleItem().ShouldBeOfType<JobOutcome.SnoozeOutcome>()
            .After.ShouldBeInRange(TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(13));

        (await TargetAsync(first)).ShouldBe("waiting 0 throttled");
        (await SocialAttemptsAsync(first)).ShouldBeEmpty();
        (await DaysAsync(account)).ShouldBe("0 0 0 1 0");
        (await AccountAsync(account)).ShouldBe("limited");
        await PublishAsync(second);
        (await TargetAsync(second)).ShouldBe("waiting 0 account-limited");

        X.BeforeMaking = (_, _) => Task.CompletedTask;
        await ExecuteAsync("UPDATE social_accounts SET state = 'active', state_until = NULL WHERE id = $1", account);
        (await Waiting.ResumeAsync(default)).ShouldBe(1);
        await PublishToEndAsync(second);
        await PublishToEndAsync(first);
        X.Made.Select(made => made.Text).ShouldBe(["second", "first"]);
        (await SocialAttemptsAsync(first)).ShouldBe("1 accepted answer");
    }

    [Fact]
    public async Task A_limit_whose_time_is_over_holds_up_nothing_before_anybody_has_ended_it()
    {
        var account = await AddAccountAsync();
        var (_, target) = await AddPostAsync("soon", account);
        await ExecuteAsync(
            "UPDATE social_accounts SET state = 'limited', state_until = $2 WHERE id = $1", account, Time.GetUtcNow().AddSeconds(20));

        (await PublishAsync(target)).ShouldHaveSingleItem().ShouldBeOfType<JobOutcome.SnoozeOutcome>()
            .After.ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Time.Advance(TimeSpan.FromSeconds(20));
        (await PublishAsync(target)).ShouldHaveSingleItem().ShouldBe(JobOutcome.Done);

        X.Made.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_account_that_is_paused_is_waited_for_though_its_limit_from_before_is_over()
    {
        var account = await AddAccountAsync();
        var (_, target) = await AddPostAsync("paused", account);
        await ExecuteAsync(
            "UPDATE social_accounts SET state = 'paused', state_until = $2 WHERE id = $1", account, Time.GetUtcNow().AddMinutes(-5));

        (await PublishAsync(target)).ShouldHaveSingleItem().ShouldBe(JobOutcome.Done);

        (await TargetAsync(target)).ShouldBe("waiting 0 account-paused");
        (await ReadAsync("SELECT (next_attempt_at IS NULL)::text FROM social_post_targets WHERE id = $1", target)).ShouldBe(["true"]);
        await ExecuteAsync("UPDATE social_accounts SET state = 'active', state_until = NULL WHERE id = $1", account);
        (await Waiting.ResumeAsync(default)).ShouldBe(1);
        await PublishToEndAsync(target);
        X.Made.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(FailureKind.Unauthorized, "needs-authorization")]
    [InlineData(FailureKind.AccountBlocked, "suspended")]
    public async Task What_the_account_does_not_let_out_waits_and_goes_on_by_itself(FailureKind kind, string state)
    {
        var account = await AddAccountAsync();
        var (post, target) = await AddPostAsync("waits", account);
        X.BeforeMaking = (_, _) => throw TestPlatform.Failure(kind, 401);

        (await PublishAsync(target)).ShouldHaveSingleItem().ShouldBe(JobOutcome.Done);

        (await AccountAsync(account)).ShouldBe(state);
        (await ReadAsync(
            "SELECT type FROM scheduled_jobs WHERE type = 'monitor-health' AND payload::jsonb -> 'accountIds' ? $1::text", account))
            .ShouldHaveSingleItem("its health is told at once");
        (await TargetAsync(target)).ShouldBe($"waiting 0 account-{state}");
        (await PostAsync(post)).ShouldBe("scheduled");
        (await Waiting.ResumeAsync(default)).ShouldBe(0);
        X.BeforeMaking = (_, _) => Task.CompletedTask;
        await ExecuteAsync("UPDATE social_accounts SET state = 'active' WHERE id = $1", account);
        (await Waiting.ResumeAsync(default)).ShouldBe(1);
        (await Waiting.ResumeAsync(default)).ShouldBe(0);
        await PublishToEndAsync(target);
        X.Made.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_cannot_be_reached_for_hours_takes_no_attempt()
    {
        var account = await AddAccountAsync();
        var (_, target) = await AddPostAsync("outage", account);
        var begun = Time.GetUtcNow();
        X.BeforeMaking = (_, _) => Time.GetUtcNow() - begun < TimeSpan.FromHours(2)
            ? throw TestPlatform.Failure(FailureKind.Transient)
            : Task.CompletedTask;

        await PublishToEndAsync(target);

        (Time.GetUtcNow() - begun).ShouldBeInRange(TimeSpan.FromHours(2), TimeSpan.FromHours(2.2));
        (await SocialAttemptsAsync(target)).ShouldBe("1 accepted answer");
        X.Made.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Of_an_account_one_is_under_way_at_a_time_and_never_more_of_a_day_than_its_cap()
    {
        var account = await AddAccountAsync(dailyCap: 3);
        var targets = new List<Guid>();
        for (var i = 0; i < 6; i++)
            targets.Add((await AddPostAsync($"{i}", account)).Target);
        X.AfterMaking = async _ => await Task.Yield();

        // many processes at once, again and again
        for (var round = 0; round < 6; round++)
        {
            await Task.WhenAll(targets.Select(target => PublishAsync(target)));
            Time.Advance(TimeSpan.FromSeconds(10));
        }

        X.MostOfAccount.ShouldBe(1);
        X.Made.Count.ShouldBe(3);
        (await DaysAsync(account)).ShouldBe("3 3 0 0 0");
        (await ReadAsync("SELECT reason FROM social_post_targets WHERE account_id = $1 AND state = 'waiting'", account))
            .ShouldBe(["daily-cap", "daily-cap", "daily-cap"]);

        Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(2));
        foreach (var target in targets)
            await PublishToEndAsync(target);
        X.Made.Select(made => made.TargetId).Distinct().Count().ShouldBe(6);
        X.Made.Count.ShouldBe(6);
    }

    [Fact]
    public async Task In_a_batch_the_first_of_an_account_goes_and_the_others_come_back_one_after_the_other()
    {
        var account = await AddAccountAsync();
        var targets = new List<Guid>();
        for (var i = 0; i < 4; i++)
            targets.Add((await AddPostAsync($"{i}", account, Time.GetUtcNow())).Target);

        var outcomes = await PublishAsync([.. targets]);

        outcomes[0].ShouldBe(JobOutcome.Done);
        outcomes.Skip(1).Select(outcome => Math.Ceiling(outcome.ShouldBeOfType<JobOutcome.SnoozeOutcome>().After.TotalSeconds))
            .ShouldBe([1, 2, 3]);
        X.Made.ShouldHaveSingleItem().Text.ShouldBe("0");
    }

    [Fact]
    public async Task The_limit_of_a_platform_makes_an_account_wait_without_an_attempt()
    {
        var account = await AddAccountAsync();
        Services.GetRequiredService<IOptions<PublishingOptions>>().Value.X = new() { Posts = 1, WindowSeconds = 900 };
        var (_, first) = await AddPostAsync("first", account);
        var (_, second) = await AddPostAsync("second", account);
        await PublishAsync(first);

        (await PublishAsync(second)).ShouldHaveSingleItem().ShouldBeOfType<JobOutcome.SnoozeOutcome>()
            .After.ShouldBeInRange(TimeSpan.FromSeconds(800), TimeSpan.FromSeconds(900));

        (await TargetAsync(second)).ShouldBe("waiting 0 rate-limit");
        (await DaysAsync(account)).ShouldBe("1 1 0 0 0");
    }

    [Fact]
    public async Task What_is_prepared_for_a_while_keeps_what_there_is_and_lets_others_go_meanwhile()
    {
        var account = await AddAccountAsync();
        var (post, slow) = await AddPostAsync("video", account);
        var (_, quick) = await AddPostAsync("quick", account);
        var looks = 0;
        X.Prepare = target => Task.FromResult(target.Text != "video" ? Preparation.Ready
            : ++looks == 1 ? new Preparation(Json("""{"container": "1"}"""), TimeSpan.FromMinutes(1))
            : new Preparation(target.Prepared));

        (await PublishAsync(slow)).ShouldHaveSingleItem().ShouldBeOfType<JobOutcome.SnoozeOutcome>();
        (await TargetAsync(slow)).ShouldBe("preparing 0 preparing");
        (await SocialAttemptsAsync(slow)).ShouldBe("1 prepared");
        await PublishAsync(quick);
        await RestartAsync();
        await PublishToEndAsync(slow);

        X.Made.Select(made => made.Text).ShouldBe(["quick", "video"]);
        X.Made.Last().Prepared!.Value.GetProperty("container").GetString().ShouldBe("1");
        looks.ShouldBe(2);
        (await PostAsync(post)).ShouldBe("published");
    }

    [Fact]
    public async Task What_has_media_is_prepared_before_it_is_due_and_sent_when_it_is()
    {
        var (post, target, due) = await AddPictureAsync();
        var looks = 0;
        X.Prepare = _ => Task.FromResult(
            new Preparation(Json("""{"container": "1"}"""), ++looks == 1 ? TimeSpan.FromSeconds(3) : null));

        Time.Advance(TimeSpan.FromMinutes(4));
        await PublishAsync(target);
        (await TargetAsync(target)).ShouldBe("preparing 0 preparing");
        Time.Advance(TimeSpan.FromSeconds(3.01));
        (await PublishAsync(target)).ShouldHaveSingleItem().ShouldBeOfType<JobOutcome.SnoozeOutcome>().After.ShouldBe(
            due - Time.GetUtcNow(), TimeSpan.FromSeconds(20));

        (await TargetAsync(target)).ShouldBe("ready 0");
        (await PostAsync(post)).ShouldBe("scheduled");
        X.Made.ShouldBeEmpty();
        Time.Advance(due - Time.GetUtcNow());
        (await PublishAsync(target)).ShouldHaveSingleItem().ShouldBe(JobOutcome.Done);
        X.Made.ShouldHaveSingleItem().Prepared!.Value.GetProperty("container").GetString().ShouldBe("1");
    }

    [Fact]
    public async Task What_cannot_be_prepared_before_it_is_due_fails_when_it_is_and_takes_no_attempt_before()
    {
        var (_, target, due) = await AddPictureAsync();
        X.Prepare = _ => throw TestPlatform.Failure(FailureKind.Permanent, 400);

        Time.Advance(TimeSpan.FromMinutes(4));
        await PublishAsync(target);
        (await TargetAsync(target)).ShouldBe("pending 0");
        Time.Advance(due - Time.GetUtcNow());
        await PublishAsync(target);

        (await TargetAsync(target)).ShouldBe("failed 1");
    }

    [Fact]
    public async Task The_sweep_finds_what_should_have_been_sent_and_was_not_and_its_former_job_does_nothing()
    {
        await ExecuteAsync("DELETE FROM social_posts");
        var account = await AddAccountAsync();
        var (_, target) = await AddPostAsync("forgotten", account);
        var former = await JobAsync(target);
        var sweep = Services.GetRequiredService<PublishSweep>();
        (await sweep.RunAsync(default)).ShouldBe(0);
        Time.Advance(TimeSpan.FromHours(1));

        (await sweep.RunAsync(default)).ShouldBe(1);
        (await sweep.RunAsync(default)).ShouldBe(0);

        (await HandleAsync(former)).ShouldHaveSingleItem().ShouldBe(JobOutcome.Done);
        X.Made.ShouldBeEmpty();
        await PublishToEndAsync(target);
        X.Made.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_has_a_time_of_its_own_waits_for_it_in_the_outbox_and_a_user_with_much_goes_behind()
    {
        var account = await AddAccountAsync();
        var (post, _) = await AddPostAsync("later", account, Time.GetUtcNow().AddHours(3));

        var jobs = await InTransactionAsync(async transaction =>
        {
            var armed = await Targets.ArmAsync(transaction, User, [post], Time.GetUtcNow());
            await Services.GetRequiredService<JobOutbox>().StageAsync(transaction.Connection!, transaction, armed, default);
            return armed;
        });

        var job = jobs.ShouldHaveSingleItem();
        (await ReadAsync(
            """
            SELECT concat_ws(' ', type, state, priority, due_at = (SELECT due_at FROM social_post_targets WHERE job_id = $1))
            FROM scheduled_jobs WHERE id = $1
            """,
            job.Job.Id)).ShouldBe(["publish-post delayed 0 t"]);
        for (var i = 0; i < UserShares.Burst + 1; i++)
            jobs = await InTransactionAsync(transaction => Targets.ArmAsync(transaction, User, [post], Time.GetUtcNow()));
        ((PublishPost)jobs.ShouldHaveSingleItem().Job).Priority.ShouldBe(UserShares.Beyond);
    }

    // due in five minutes
    private async Task<(Guid Post, Guid Target, DateTimeOffset DueAt)> AddPictureAsync()
    {
        var due = Time.GetUtcNow().AddMinutes(5);
        var (post, target) = await AddPostAsync("picture", await AddAccountAsync(), due);
        await ExecuteAsync("UPDATE social_posts SET media_ids = ARRAY[$1::uuid] WHERE id = $1", post);
        (await ArmAsync(post)).ShouldHaveSingleItem().DueAt!.Value.ShouldBe(due.AddMinutes(-1), TimeSpan.FromMilliseconds(1));
        return (post, target, due);
    }
}
