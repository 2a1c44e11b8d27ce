using System.Globalization;
using System.Text.Json;
using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Gmail: what was sent and what came in, newest first; a page is a list of ids, whose headers are got a few at once.</summary>
internal sealed class GmailSource(GmailClient gmail, IOptions<GmailOptions> options, TimeProvider timeProvider) : IMailSource
{
    private const string Sent = "sent";
    private const string Received = "received";
    private const int LongestPage = 500;

    // Gmail counts messages by guess
    public Task<SyncPlan> PlanAsync(MailAccount account, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        var (from, to) = (since ?? DateTimeOffset.UnixEpoch, timeProvider.GetUtcNow());
        return Task.FromResult(new SyncPlan(new([new(Sent, from, to), new(Received, from, to)]), Total: null));
    }

    public async Task<SyncRound> ReadAsync(MailAccount account, SyncCursors cursors, int size, CancellationToken cancellationToken)
    {
        var pages = new List<PartitionPage>();
        foreach (var (number, partition) in cursors.Partitions.Index().Where(partition => !partition.Item.IsDone))
            pages.Add(await ReadAsync(account, number, partition, Math.Min(size, LongestPage), cancellationToken));
        return new(pages);
    }

    private async Task<PartitionPage> ReadAsync(
        MailAccount account, int number, SyncPartition partition, int size, CancellationToken cancellationToken)
    {
        GmailMessagePage page;
        try
        {
            page = await gmail.SearchAsync(
                account, Query(partition), partition.Folder == Sent ? "SENT" : null, partition.Next, size, cancellationToken);
        }
        catch (ProviderException reason) when (partition.MayRestart && reason.Kind is FailureKind.Permanent or FailureKind.NotFound)
        {
            return PartitionPage.Stale(number);
        }

        var messages = page.Messages ?? [];
        var read = new (MailEnvelope? Mail, string? Problem)[messages.Count];
        await Parallel.ForAsync(
            0,
            messages.Count,
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentGets, CancellationToken = cancellationToken },
            async (i, token) => read[i] = await ReadAsync(account, partition, messages[i].Id, token));
        return new(
            number,
            [.. read.Select(one => one.Mail).OfType<MailEnvelope>()],
            [.. read.Index().Where(one => one.Item.Problem is not null).Select(one => new FailedMail(messages[one.Index].Id, one.Item.Problem!))],
            page.NextPageToken);
    }

    // neither of both: it is gone, or none of this partition
    private async Task<(MailEnvelope? Mail, string? Problem)> ReadAsync(
        MailAccount account, SyncPartition partition, string id, CancellationToken cancellationToken)
    {
        try
        {
            var message = await gmail.HeadersAsync(account, id, cancellationToken);
            if (!GmailEnvelopes.IsMail(message) || GmailLabels.IsSent(message.LabelIds) != (partition.Folder == Sent))
                return (null, null);
            return GmailEnvelopes.Read(message, out var problem) is { } mail
                ? (await gmail.WithReportAsync(account, mail, cancellationToken), null)
                : (null, problem);
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.NotFound)
        {
            return (null, null);
        }
        catch (ProviderException reason) when (reason.InnerException is JsonException || reason.Kind == FailureKind.Permanent)
        {
            return (null, reason.Message);
        }
    }

    // Gmail compares whole seconds
    private static string Query(SyncPartition partition) => string.Create(
        CultureInfo.InvariantCulture,
        $"after:{Math.Max(0, partition.From.ToUnixTimeSeconds() - 1)} before:{partition.To.ToUnixTimeSeconds() + 1}"
        + $"{(partition.Folder == Sent ? "" : " -in:sent -in:drafts -in:chats")}");
}

/// <summary>Finds mails at Gmail.</summary>
internal sealed class GmailFinder(GmailClient gmail) : IMailFinder
{
    private const int MostCopies = 10;

    public async Task<RequestedMail> FindAsync(MailAccount account, TrackingRequest request, CancellationToken cancellationToken)
    {
        var messages = new List<GmailMessage>();
        foreach (var id in await IdsAsync(account, request, cancellationToken))
        {
            if (await TryAsync(() => gmail.HeadersAsync(account, id, cancellationToken)) is { } message)
                messages.Add(message);
        }

        var (mails, problem) = Read(messages);
        var requested = RequestedMail.Of(messages.Count, mails, problem);
        if (requested.Mail is not { ConversationId: { Length: > 0 } thread } mail
            || await TryAsync(() => gmail.ThreadAsync(account, thread, cancellationToken)) is not { Messages: { } all })
            return requested;
        var conversation = new List<MailEnvelope>();
        foreach (var other in Read(all).Mails.Where(other => other.ProviderId != mail.ProviderId))
            conversation.Add(await gmail.WithReportAsync(account, other, cancellationToken));
        return requested with { Conversation = conversation };
    }

    private async Task<IReadOnlyList<string>> IdsAsync(MailAccount account, TrackingRequest request, CancellationToken cancellationToken)
    {
        if (!request.IsByMessageId)
            return [request.MessageId];
        var page = await gmail.SearchAsync(
            account, $"rfc822msgid:{request.MessageId.Trim('<', '>')}", label: null, pageToken: null, MostCopies, cancellationToken);
        return [.. (page.Messages ?? []).Select(message => message.Id)];
    }

    private static (List<MailEnvelope> Mails, string? Problem) Read(IReadOnlyList<GmailMessage> messages)
    {
        var mails = new List<MailEnvelope>();
        string? problem = null;
        foreach (var message in messages.Where(GmailEnvelopes.IsMail))
        {
            if (GmailEnvelopes.Read(message, out var reason) is { } mail)
                mails.Add(mail);
            else
                problem ??= reason;
        }

        return (mails, problem);
    }

    // null for what is not there, or is named by what is no id of Gmail's
    private static async Task<T?> TryAsync<T>(Func<Task<T>> get)
        where T : class
    {
        try
        {
            return await get();
        }
        catch (ProviderException reason) when (
            reason.Failure is { Kind: FailureKind.NotFound } or { Kind: FailureKind.Permanent, HttpStatus: 400 })
        {
            return null;
        }
    }
}
