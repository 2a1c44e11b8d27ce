using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Workers.Dispatch.Social.Accounts;

/// <summary>
/// Checks the proxies that are due, a part at a time: one that fails some times in a row is down, and the accounts that use it wait until a
/// check succeeds. A check that dies is made when the next is due.
/// </summary>
internal sealed partial class CheckProxiesHandler(
    NpgsqlDataSource dataSource, SocialProxyStore store, ProxyProbe probe, SocialAccountCache cache, JobOutbox outbox,
    AccountMetrics metrics, IOptions<AccountCheckOptions> options, TimeProvider timeProvider, ILogger<CheckProxiesHandler> logger)
    : IJobHandler<CheckProxies>
{
    private const int ScoredAtOnce = 500;

    // all at once: what does not answer takes its whole timeout
    private const int ChunkSize = 50;

    // the next run goes on, of which there is one every few seconds
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(1);

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<CheckProxies>> batch, CancellationToken cancellationToken)
    {
        var begun = timeProvider.GetTimestamp();
        List<DueProxy> due;
        do
        {
            var now = timeProvider.GetUtcNow();
            due = await store.ClaimAsync(now, now.AddSeconds(options.Value.ProxyCheckSeconds), ChunkSize, cancellationToken);
            await Parallel.ForEachAsync(
                due, new ParallelOptions { MaxDegreeOfParallelism = ChunkSize, CancellationToken = cancellationToken },
                async (proxy, token) => await CheckAsync(proxy, token));
        }
        while (due.Count == ChunkSize && timeProvider.GetElapsedTime(begun) < LongestRun);

        return [.. batch.Select(_ => JobOutcome.Done)];
    }

    private async Task CheckAsync(DueProxy due, CancellationToken cancellationToken)
    {
        var check = await probe.CheckAsync(due.Proxy, cancellationToken);
        metrics.Checked(check.Error is null);
        var changedTo = await RecordAsync(due, check, cancellationToken);
        await cache.ForgetAsync(due.UserId, CancellationToken.None);
        if (changedTo is not null)
            Log.Changed(logger, due.Proxy.Id, changedTo, check.Error ?? "it answers");
    }

    // the state that it came to, if that is another: then the health of its accounts is another, too
    private async Task<string?> RecordAsync(DueProxy due, ProxyCheck check, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var recorded = await SocialProxyStore.RecordAsync(
            transaction, due, check, options.Value.ProxyFailuresUntilDown, cancellationToken);
        if (recorded is not var (state, former) || state == former)
        {
            await transaction.CommitAsync(cancellationToken);
            return null;
        }

        var accounts = await SocialProxyStore.AccountsAsync(transaction, due.UserId, due.Proxy.Id, cancellationToken);
        await outbox.CommitAsync(
            transaction,
            [
                .. accounts.Chunk(ScoredAtOnce).Select(part => new OutgoingJob(
                    new ScoreAccounts(Guid.CreateVersion7(timeProvider.GetUtcNow()), due.UserId, part))),
            ],
            cancellationToken);
        return state;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Proxy {ProxyId} is {State} now: {Reason}")]
        public static partial void Changed(ILogger logger, Guid proxyId, string state, Redacted reason);
    }
}

/// <summary>Asks for an address through a proxy: whatever is answered, the proxy let the request through.</summary>
internal sealed class ProxyProbe(SocialHttp http, IOptions<AccountCheckOptions> options, TimeProvider timeProvider)
{
    /// <summary>Checks it, whether it is down or not.</summary>
    public async Task<ProxyCheck> CheckAsync(AccountProxy proxy, CancellationToken cancellationToken)
    {
        var url = options.Value.ProxyCheckUrl;
        var timeout = TimeSpan.FromSeconds(options.Value.ProxyCheckTimeoutSeconds);
        using var timer = new CancellationTokenSource(timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        using var request = new HttpRequestMessage(HttpMethod.Head, url);
        request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        var begun = timeProvider.GetTimestamp();
        try
        {
            using var answer = await http.Through(proxy).SendAsync(request, either.Token);
            return IsOfProxy(url, answer.StatusCode)
                ? Failed($"The proxy answered {(int)answer.StatusCode}.")
                : new(timeProvider.GetUtcNow(), (int)timeProvider.GetElapsedTime(begun).TotalMilliseconds, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed($"It did not answer within {timeout.TotalSeconds} s.");
        }
        catch (Exception reason) when (reason is ProviderException or HttpRequestException or IOException)
        {
            return Failed(reason.GetBaseException().Message);
        }

        ProxyCheck Failed(string error) => new(timeProvider.GetUtcNow(), null, error);
    }

    // over TLS none but the host can answer; without, these are what a proxy says that got nowhere
    private static bool IsOfProxy(Uri url, HttpStatusCode status) =>
        status == HttpStatusCode.ProxyAuthenticationRequired
        || (url.Scheme == Uri.UriSchemeHttp
            && status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout);
}
