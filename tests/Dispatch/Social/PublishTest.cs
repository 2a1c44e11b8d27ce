using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Publishing;
using Switchboard.Workers.Dispatch.Social;
using Switchboard.Workers.Dispatch.Social.Publishing;

namespace Switchboard.Tests.Dispatch.Social;

/// <summary>What publishes, on a real database, with platforms of the test's; Redis and the broker cannot be reached.</summary>
public abstract class PublishTest(PostgresServer postgres) : DispatchTest(postgres)
{
    /// <summary>A platform where the same request makes a second post.</summary>
    internal TestPlatform X { get; } = new(SocialPlatforms.X);

    internal TestPlatform Bluesky { get; } = new(SocialPlatforms.Bluesky);

    /// <summary>A platform that has forgotten the key of a request when the next one comes.</summary>
    internal TestPlatform Mastodon { get; } = new(SocialPlatforms.Mastodon);

    protected virtual double PatienceSeconds => 30;

    protected Guid User { get; } = Guid.CreateVersion7();

    internal PublishTargetStore Targets => Services.GetRequiredService<PublishTargetStore>();

    protected override void Configure(IServiceCollection services)
    {
        services.AddSocialPublishing(new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Media:Folder"] = Path.GetTempPath() }).Build());
        services.Configure<PublishingOptions>(options => options.PatienceSeconds = PatienceSeconds);
        services.AddSingleton<ISocialPlatform>(X);
        services.AddSingleton<ISocialPlatform>(Bluesky);
        services.AddSingleton<ISocialPlatform>(Mastodon);
        services.AddSingleton<WaitingTargets>();
        services.AddScoped<PublishPostHandler>();
        services.AddScoped<DeletePostHandler>();
        services.AddScoped<CleanUpPublishingHandler>();
    }

    /// <summary>The process dies: what it had under way stays as it is, and another one begins.</summary>
    protected async Task RestartAsync()
    {
        await DisposeAsync();
        await InitializeAsync();
    }

    /// <summary>The process is told to end now, and waits for nothing.</summary>
    protected Task KillAsync() => Services.GetRequiredService<PublishTasks>().StopAsync(new CancellationToken(canceled: true));

    protected async Task<Guid> AddAccountAsync(string platform = SocialPlatforms.X, int? dailyCap = null)
    {
        await AddUserAsync(User);
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            """
            INSERT INTO social_accounts
                (id, user_id, platform, external_id, handle, refresh_token, state, state_changed_at, daily_cap, created_at, updated_at)
            VALUES ($1, $2, $3, $1::text, 'name', '\x00', 'active', now(), $4, now(), now())
            """,
            id, User, platform, (object?)dailyCap ?? DBNull.Value);
        return id;
    }

    /// <summary>A post with a target for each account, due at a time, armed.</summary>
    protected async Task<(Guid Post, Guid[] Targets)> AddPostAsync(string text, DateTimeOffset? dueAt = null, params Guid[] accounts)
    {
        var post = Guid.CreateVersion7();
        await ExecuteAsync(
            """
            INSERT INTO social_posts (id, user_id, content, targets, state, scheduled_at, created_at, updated_at)
            VALUES ($1, $2, $3::jsonb, '{}', 'scheduled', $4, now(), now())
            """,
            post, User, new PostContent { Text = text }.Write(), dueAt ?? Time.GetUtcNow());
        var targets = accounts.Select(_ => Guid.CreateVersion7()).ToArray();
        await ExecuteAsync(
            """
            INSERT INTO social_post_targets (id, user_id, post_id, account_id, platform, state, created_at, updated_at)
            SELECT new.id, $1, $2, a.id, a.platform, 'pending', now(), now()
            FROM unnest($3::uuid[], $4::uuid[]) AS new (id, account_id) JOIN social_accounts a ON a.id = new.account_id
            """,
            User, post, targets, accounts);
        await ArmAsync(post);
        return (post, targets);
    }

    protected async Task<(Guid Post, Guid Target)> AddPostAsync(string text, Guid account, DateTimeOffset? dueAt = null)
    {
        var (post, targets) = await AddPostAsync(text, dueAt, [account]);
        return (post, targets[0]);
    }

    protected Task<IReadOnlyList<OutgoingJob>> ArmAsync(Guid post) =>
        InTransactionAsync(transaction => Targets.ArmAsync(transaction, User, [post], Time.GetUtcNow()));

    protected Task EditAsync(Guid post, string text) => ExecuteAsync(
        "UPDATE social_posts SET content = $2::jsonb, version = version + 1 WHERE id = $1", post, new PostContent { Text = text }.Write());

    protected async Task<T> InTransactionAsync<T>(Func<NpgsqlTransaction, Task<T>> act)
    {
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var result = await act(transaction);
        await transaction.CommitAsync();
        return result;
    }

    /// <summary>Handles the jobs that targets wait for, in one batch.</summary>
    protected async Task<IReadOnlyList<JobOutcome>> PublishAsync(params Guid[] targets)
    {
        var jobs = await Database.Command(
            """
            SELECT coalesce(t.job_id, $2), t.user_id, t.id, t.due_at
            FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (id, place) JOIN social_post_targets t USING (id)
            ORDER BY place
            """,
            targets, Guid.CreateVersion7())
            .ListAsync(
                row => new PublishPost(row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetFieldValue<DateTimeOffset>(3)),
                CancellationToken.None);
        return await HandleAsync([.. jobs]);
    }

    protected async Task<IReadOnlyList<JobOutcome>> HandleAsync(params PublishPost[] jobs)
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<PublishPostHandler>().HandleAsync(
            [.. jobs.Select(job => new JobDelivery<PublishPost>(job, 1, Time.GetUtcNow(), false, false, null))], default);
    }

    /// <summary>The job that a target waits for.</summary>
    protected async Task<PublishPost> JobAsync(Guid target) => (await Database.Command(
        "SELECT job_id, user_id, id, due_at FROM social_post_targets WHERE id = $1", target)
        .FirstAsync(
            row => new PublishPost(row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetFieldValue<DateTimeOffset>(3)), default))!;

    /// <summary>Handles the job of a target each time that it is due, until it is done with; the clock goes on to each.</summary>
    protected async Task<JobOutcome> PublishToEndAsync(Guid target)
    {
        for (var times = 0; times < 100; times++)
        {
            if ((await PublishAsync(target)).ShouldHaveSingleItem() is not JobOutcome.SnoozeOutcome snooze)
                return JobOutcome.Done;
            Time.Advance(snooze.After > TimeSpan.Zero ? snooze.After + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero);
        }

        throw new InvalidOperationException("It is not done with.");
    }

    /// <summary>State, attempts, reason.</summary>
    protected async Task<string> TargetAsync(Guid target) => string.Join(' ', await ReadAsync(
        "SELECT concat_ws(' ', state, attempts, reason) FROM social_post_targets WHERE id = $1", target));

    protected async Task<string> PostAsync(Guid post) =>
        string.Join(' ', await ReadAsync("SELECT state FROM social_posts WHERE id = $1", post));

    /// <summary>Number, state and who settled it, of each attempt.</summary>
    protected async Task<string> SocialAttemptsAsync(Guid target) => string.Join(", ", await ReadAsync(
        "SELECT concat_ws(' ', number, state, settled_by) FROM social_attempts WHERE target_id = $1 ORDER BY number", target));

    /// <summary>Sent, published, failed, throttled, unknown of all days of an account.</summary>
    protected async Task<string> DaysAsync(Guid account) => string.Join(' ', await ReadAsync(
        """
        SELECT concat_ws(' ', sum(sent), sum(published), sum(failed), sum(throttled), sum(unknown))
        FROM social_account_days WHERE account_id = $1
        """,
        account));

    protected async Task<string> AccountAsync(Guid account) =>
        string.Join(' ', await ReadAsync("SELECT state FROM social_accounts WHERE id = $1", account));

    internal static JsonElement Json(string json) => JsonSerializer.Deserialize<JsonElement>(json);
}
