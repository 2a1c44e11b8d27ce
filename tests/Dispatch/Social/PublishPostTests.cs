using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Publishing;
using Switchboard.Workers.Dispatch.Social;
using Switchboard.Workers.Dispatch.Social.Publishing;

namespace Switchboard.Tests.Dispatch.Social;

public sealed class PublishPostTests(PostgresServer postgres) : PublishTest(postgres), IClassFixture<PostgresServer>
{
    [Fact]
    public async Task What_is_due_is_sent_once_and_recorded_with_its_attempt_its_counts_and_its_event()
    {
        var account = await AddAccountAsync();
        var (post, target) = await AddPostAsync("hello", account);

        (await PublishAsync(target)).ShouldHaveSingleItem().ShouldBe(JobOutcome.Done);
        (await PublishAsync(target)).ShouldHaveSingleItem().ShouldBe(JobOutcome.Done);

        X.Made.ShouldHaveSingleItem().Text.ShouldBe("hello");
        (await TargetAsync(target)).ShouldBe("published 1");
        (await PostAsync(post)).ShouldBe("published");
        (await SocialAttemptsAsync(target)).ShouldBe("1 accepted answer");
        (await DaysAsync(account)).ShouldBe("1 1 0 0 0");
        (await EventsAsync(User)).ShouldBe("post.published 1");
        (await ReadAsync("SELECT remote_url FROM social_post_targets WHERE id = $1", target)).ShouldBe([$"https://x.example/{target}"]);
    }

    [Fact]
    public async Task What_is_edited_a_moment_before_goes_out_as_edited_even_while_it_is_prepared()
    {
        var account = await AddAccountAsync();
        var (before, first) = await AddPostAsync("first", account);
        await EditAsync(before, "first, edited");
        await PublishToEndAsync(first);

        var (during, second) = await AddPostAsync("second", account);
        X.Prepare = async target =>
        {
            X.Prepare = _ => Task.FromResult(Preparation.Ready);
            await EditAsync(during, "second, edited");
            return Preparation.Ready;
        };
        await PublishToEndAsync(second);

        X.Made.Select(made => made.Text).ShouldBe(["first, edited", "second, edited"]);
        (await SocialAttemptsAsync(second)).ShouldBe("1 accepted answer");
    }

    [Fact]
    public async Task The_job_of_a_former_arming_does_not_take_the_place_of_the_present_one_that_comes_with_it()
    {
        var account = await AddAccountAsync();
        var (post, target) = await AddPostAsync("once", account);
        var former = (PublishPost)(await ArmAsync(post)).ShouldHaveSingleItem().Job;
        var present = (PublishPost)(await ArmAsync(post)).ShouldHaveSingleItem().Job;

        (await HandleAsync(former, present)).ShouldAllBe(outcome => outcome == JobOutcome.Done);

        X.Made.ShouldHaveSingleItem();
        (await TargetAsync(target)).ShouldBe("published 1");
    }

    [Fact]
    public async Task What_is_cancelled_or_has_another_time_is_not_sent_even_while_it_is_prepared()
    {
        var account = await AddAccountAsync();
        var (cancelled, first) = await AddPostAsync("cancelled", account);
        X.Prepare = async _ =>
        {
            await InTransactionAsync(transaction => Targets.CancelAsync(transaction, User, [cancelled], Time.GetUtcNow(), default));
            return Preparation.Ready;
        };
        await PublishToEndAsync(first);
        (await TargetAsync(first)).ShouldBe("cancelled 0");
        (await PostAsync(cancelled)).ShouldBe("cancelled");

        var (later, second) = await AddPostAsync("later", account);
        var former = (await ArmAsync(later)).ShouldHaveSingleItem().Job.ShouldBeOfType<PublishPost>();
        X.Prepare = async _ =>
        {
            X.Prepare = _ => Task.FromResult(Preparation.Ready);
            await ExecuteAsync("UPDATE social_posts SET scheduled_at = $2 WHERE id = $1", later, Time.GetUtcNow().AddHours(1));
            await ArmAsync(later);
            return Preparation.Ready;
        };
        await HandleAsync(former);
        (await HandleAsync(former)).ShouldHaveSingleItem().ShouldBe(JobOutcome.Done);
        X.Made.ShouldBeEmpty();
        await PublishToEndAsync(second);

        X.Made.ShouldHaveSingleItem().DueAt.ShouldBeGreaterThan(former.DueAt.AddMinutes(59));
    }

    [Fact]
    public async Task After_the_last_attempt_it_has_failed_and_a_person_can_have_it_tried_again()
    {
        var account = await AddAccountAsync();
        var (post, target) = await AddPostAsync("lost", account);
        X.BeforeMaking = (_, _) => throw TestPlatform.Failure(FailureKind.UnknownOutcome);
        await PublishToEndAsync(target);
        (await TargetAsync(target)).ShouldBe("failed 3");
        (await PostAsync(post)).ShouldBe("failed");

        X.BeforeMaking = (_, _) => Task.CompletedTask;
        await InTransactionAsync(transaction => Targets.RetryAsync(transaction, User, post, null, Time.GetUtcNow(), default));
        (await PostAsync(post)).ShouldBe("publishing");
        await PublishToEndAsync(target);

        X.Made.Count.ShouldBe(1);
        (await PostAsync(post)).ShouldBe("published");
        (await SocialAttemptsAsync(target)).ShouldBe("1 failed read-back, 2 failed read-back, 3 failed read-back, 4 accepted answer");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_no_platform_can_say_a_person_does(bool isThere)
    {
        var account = await AddAccountAsync();
        var (post, target) = await AddPostAsync("who knows", account);
        X.AfterMaking = _ => throw TestPlatform.Failure(FailureKind.UnknownOutcome);
        X.Look = _ => new ReadBack.NotYet(TimeSpan.FromSeconds(1));
        Services.GetRequiredService<IOptions<PublishingOptions>>().Value.GiveUpHours = 2;
        var begun = Time.GetUtcNow();

        await PublishToEndAsync(target);

        (await TargetAsync(target)).ShouldBe("unknown 1 needs-person");
        (Time.GetUtcNow() - begun).ShouldBeInRange(TimeSpan.FromHours(2), TimeSpan.FromHours(2.3));
        (await SettleAsync(Guid.CreateVersion7())).ShouldBeNull();
        (await SettleAsync(User)).ShouldNotBeNull().Count.ShouldBe(isThere ? 1 : 2);
        (await TargetAsync(target)).ShouldBe(isThere ? "published 1" : "failed 1 not-published");
        (await PostAsync(post)).ShouldBe(isThere ? "published" : "failed");
        (await SocialAttemptsAsync(target)).ShouldBe($"1 {(isThere ? "accepted" : "failed")} person");

        Task<IReadOnlyList<OutgoingJob>?> SettleAsync(Guid user) => InTransactionAsync(
            transaction => Targets.SettleAsync(transaction, user, post, target, isThere, "https://x.example/1", default));
    }

    [Fact]
    public async Task What_the_platform_refuses_has_failed_with_its_words()
    {
        var accounts = new[] { await AddAccountAsync(), await AddAccountAsync(SocialPlatforms.Bluesky) };
        var (post, targets) = await AddPostAsync("refused", null, accounts);
        X.BeforeMaking = (_, _) => throw TestPlatform.Failure(FailureKind.Permanent, 403, error: "X answered 403: twice the same");

        (await PublishAsync(targets)).ShouldBe([JobOutcome.Done, JobOutcome.Done]);

        (await TargetAsync(targets[0])).ShouldBe("failed 1");
        (await ReadAsync("SELECT error FROM social_post_targets WHERE id = $1", targets[0])).ShouldBe(["X answered 403: twice the same"]);
        (await PostAsync(post)).ShouldBe("partly");
        (await EventsAsync(User)).ShouldBe("post.failed 1, post.published 1");
        (await DaysAsync(accounts[0])).ShouldBe("0 0 1 0 0");
    }

    [Fact]
    public async Task What_is_slow_holds_up_no_other_and_is_recorded_when_it_is_done()
    {
        var accounts = new[] { await AddAccountAsync(), await AddAccountAsync(SocialPlatforms.Bluesky) };
        var (post, targets) = await AddPostAsync("slow", null, accounts);
        var answered = new TaskCompletionSource();
        X.AfterMaking = _ => answered.Task;
        Services.GetRequiredService<IOptions<PublishingOptions>>().Value.PatienceSeconds = 3;

        var outcomes = await PublishAsync(targets);

        outcomes[0].ShouldBeOfType<JobOutcome.SnoozeOutcome>();
        outcomes[1].ShouldBe(JobOutcome.Done);
        (await TargetAsync(targets[0])).ShouldBe("sending 1");
        answered.SetResult();
        await Services.GetRequiredService<PublishTasks>().StopAsync(default);
        (await PostAsync(post)).ShouldBe("published");
        X.Made.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Clean_up_removes_claims_that_have_ended_and_attempts_of_long_ago()
    {
        var account = await AddAccountAsync();
        var (_, done) = await AddPostAsync("done", account);
        await PublishToEndAsync(done);
        var (_, left) = await AddPostAsync("left", account);
        await ExecuteAsync(
            "UPDATE social_post_targets SET claim = $2, claimed_until = $3 WHERE id = $1", left, Guid.CreateVersion7(), Time.GetUtcNow());
        Time.Advance(TimeSpan.FromDays(367));

        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<CleanUpPublishingHandler>().HandleAsync([], default);

        (await SocialAttemptsAsync(done)).ShouldBeEmpty();
        (await DaysAsync(account)).ShouldBeEmpty();
        (await ReadAsync("SELECT (claim IS NULL)::text FROM social_post_targets WHERE id = $1", left)).ShouldBe(["true"]);
    }

    [Fact]
    public async Task What_is_published_can_be_deleted_at_its_platform()
    {
        var account = await AddAccountAsync();
        var (post, target) = await AddPostAsync("regretted", account);
        await PublishToEndAsync(target);

        (await DeleteAsync(post)).ShouldHaveSingleItem().ShouldBe(JobOutcome.Done);

        X.Deleted.ShouldBe([$"{target}"]);
        (await TargetAsync(target)).ShouldBe("deleted 1");
    }

    [Fact]
    public async Task What_an_account_published_that_is_not_authorized_any_more_is_deleted_when_it_is_connected_again()
    {
        var account = await AddAccountAsync();
        var (post, target) = await AddPostAsync("regretted", account);
        await PublishToEndAsync(target);
        X.BeforeDeleting = () => throw TestPlatform.Failure(FailureKind.GrantRevoked, 401);

        (await DeleteAsync(post)).ShouldHaveSingleItem().ShouldBeOfType<JobOutcome.DeadOutcome>();

        (await TargetAsync(target)).ShouldBe("published 1");
        (await ReadAsync("SELECT error FROM social_post_targets WHERE id = $1", target)).ShouldBe([PostDeletion.ConnectFirst]);
        (await ReadAsync("SELECT state FROM social_accounts WHERE id = $1", account)).ShouldBe(["needs-authorization"]);

        var deletion = await InTransactionAsync(
            transaction => Targets.DeleteAsync(transaction, User, post, null, Time.GetUtcNow(), default));
        (deletion.Jobs.Count, deletion.ToConnect.ShouldHaveSingleItem()).ShouldBe((0, "x name"));

        X.BeforeDeleting = () => { };
        await ExecuteAsync("UPDATE social_accounts SET state = 'active' WHERE id = $1", account);
        (await DeleteAsync(post)).ShouldHaveSingleItem().ShouldBe(JobOutcome.Done);
        (await TargetAsync(target)).ShouldBe("deleted 1");
    }

    private async Task<IReadOnlyList<JobOutcome>> DeleteAsync(Guid post)
    {
        var deletion = await InTransactionAsync(
            transaction => Targets.DeleteAsync(transaction, User, post, null, Time.GetUtcNow(), default));
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<DeletePostHandler>().HandleAsync(
            [.. deletion.Jobs.Select(job => new JobDelivery<DeletePost>((DeletePost)job.Job, 1, Time.GetUtcNow(), false, false, null))],
            default);
    }
}
