using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Jobs;
using Switchboard.Core.Security;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;
using Switchboard.Tests.Unit.Providers;
using Switchboard.Workers.Dispatch.Social;
using Switchboard.Workers.Dispatch.Social.Accounts;

namespace Switchboard.Tests.Dispatch.Social.Accounts;

/// <summary>What looks after accounts, on a real database, with a platform of the test's.</summary>
public abstract class AccountsTest(PostgresServer postgres) : DispatchTest(postgres), IAsyncLifetime
{
    private LoopbackServer? _platform;

    /// <summary>What the platform was asked: method, path and form.</summary>
    internal ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>What the platform answers.</summary>
    internal Func<HttpContext, string, Task> Answer { get; set; } = (_, _) => throw new InvalidOperationException("Nothing was to be asked.");

    /// <summary>What the client of the platform says of an account.</summary>
    internal Func<SocialAccount, Task<AccountCheck>> Check { get; set; } = account => Task.FromResult(new AccountCheck(account.Handle));

    internal SocialAccountStore Store => Services.GetRequiredService<SocialAccountStore>();

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await _platform!.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override void Configure(IServiceCollection services)
    {
        _platform = LoopbackServer.StartAsync(AnswerAsync).GetAwaiter().GetResult();
        var url = _platform.Url.AbsoluteUri.TrimEnd('/');
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Jobs:ConfirmTimeoutSeconds"] = "0.1",
            ["Encryption:Key"] = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            ["Social:AllowedNetworks:0"] = "127.0.0.0/8",
            ["Social:ProxyCheckUrl"] = url,
            ["Social:X:ApiBaseUrl"] = url,
            ["Social:X:TokenUrl"] = $"{url}/2/oauth2/token",
            ["Social:X:ClientId"] = "client",
            ["Social:X:ClientSecret"] = "secret",
            ["Social:Instagram:ApiBaseUrl"] = url,
        }).Build());
        services.AddAccountChecks();
        services.AddSingleton<ISocialPlatform>(new CheckedPlatform(this));
        services.AddScoped<CheckAccountHealthHandler>();
        services.AddScoped<CheckProxiesHandler>();
        services.AddScoped<EndSocialAccountHandler>();
        services.AddScoped<ReviewAccountsHandler>();
    }

    /// <summary>An account of X in this state.</summary>
    internal async Task<SocialAccount> AddAccountAsync(SocialGrant grant, string state = "active", string platform = "x", string server = "")
    {
        var id = Guid.CreateVersion7();
        await AddUserAsync(id);
        await ExecuteAsync(
            """
            INSERT INTO social_accounts (id, user_id, platform, server, external_id, handle, refresh_token, state, state_changed_at, created_at,
                updated_at)
            VALUES ($1, $1, $2, $3, $1::text, 'ann', $4, $5, $6, $6, $6)
            """,
            id, platform, server, grant.Protect(Services.GetRequiredService<SecretProtector>(), id), state, Time.GetUtcNow());
        return (await Store.FindAsync(id, id, default)).ShouldNotBeNull();
    }

    internal async Task<SocialGrant> GrantAsync(SocialAccount account) => SocialGrant.Unprotect(
        Services.GetRequiredService<SecretProtector>(),
        (byte[])(await ValueAsync("SELECT refresh_token FROM social_accounts WHERE id = $1", account.Id))!, account.Id);

    internal async Task<string> StateAsync(SocialAccount account) =>
        (string)(await ValueAsync("SELECT state FROM social_accounts WHERE id = $1", account.Id))!;

    internal async Task<object?> ValueAsync(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync();
    }

    internal async Task<JobOutcome> RunAsync<TJob, THandler>(TJob job, bool isLast = false)
        where TJob : IJob
        where THandler : IJobHandler<TJob>
    {
        await using var scope = Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<THandler>().HandleAsync(
            [new(job, 1, Time.GetUtcNow(), isLast, false, null)], default)).ShouldHaveSingleItem();
    }

    internal Task<JobOutcome> CheckAsync(SocialAccount account, bool isLast = false) =>
        RunAsync<CheckAccountHealth, CheckAccountHealthHandler>(new(Guid.CreateVersion7(), account.UserId, account.Id), isLast);

    internal static Task JsonAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var asked = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {await reader.ReadToEndAsync()}".TrimEnd();
        Asked.Enqueue(asked);
        await Answer(context, asked);
    }

    private sealed class CheckedPlatform(AccountsTest test) : ISocialPlatform
    {
        public string Name => SocialPlatforms.X;

        public Task<AccountCheck> CheckAsync(SocialAccount account, CancellationToken cancellationToken) => test.Check(account);

        public Task<Preparation> PrepareAsync(PublishTarget target, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<PublishedPost> SendAsync(PublishTarget target, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ReadBack> ReadBackAsync(PublishTarget target, DateTimeOffset sentAt, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task DeleteAsync(SocialAccount account, string remoteId, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
