using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Tracks mails that programs asked for, each by itself, with what their conversations hold of answers.</summary>
internal sealed class TrackEmailHandler(
    TrackingRequests requests,
    MailAccounts accounts,
    IServiceProvider services,
    MailRecorder recorder,
    AccountRevocation revocation,
    IOptions<SyncOptions> options) : IJobHandler<TrackEmail>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(IReadOnlyList<JobDelivery<TrackEmail>> batch, CancellationToken cancellation)
    {
        var outcomes = new ConcurrentDictionary<int, JobOutcome>();
        await Parallel.ForEachAsync(
            batch.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentAccounts, CancellationToken = cancellation },
            async (delivery, token) => outcomes[delivery.Index] = await TrackAsync(delivery.Item, token));
        return [.. batch.Select((_, i) => outcomes[i])];
    }

    private async Task<JobOutcome> TrackAsync(JobDelivery<TrackEmail> delivery, CancellationToken cancellation)
    {
        if (await requests.FindOpenAsync(delivery.Job.RequestId, cancellation) is not { } request
            || await accounts.FindAsync(request.AccountId, cancellation) is not { } account)
            return JobOutcome.Done;
        if (!account.IsActive)
        {
            await requests.FailedAsync(request, "The account is not active: make it so and ask again.", cancellation);
            return JobOutcome.Done;
        }

        try
        {
            var found = await services.GetRequiredKeyedService<IMailFinder>(account.Provider).FindAsync(account, request, cancellation);
            if (found.Mail is null)
                await requests.FailedAsync(request, found.Problem!, cancellation);
            else
                await RecordAsync(request, account, found.Mail, found.Conversation, cancellation);
            return JobOutcome.Done;
        }
        catch (Exception reason) when (ProviderFault.Of(reason) is { } fault)
        {
            return await MeetAsync(request, account, fault, delivery.IsLastAttempt, cancellation);
        }
    }

    private async Task RecordAsync(
        TrackingRequest request, MailAccount account, MailEnvelope mail, IReadOnlyList<MailEnvelope> conversation, CancellationToken cancellation)
    {
        // only the mail itself was asked for
        if (conversation.Count > 0)
            await recorder.RecordAsync(account.Tracked, conversation, requested: false, cancellation);
        var recorded = await recorder.RecordAsync(account.Tracked, [mail], requested: true, cancellation);
        if (!await requests.TrackedAsync(request, mail, cancellation))
            await requests.FailedAsync(request, recorded.Failed is [var failed, ..] ? failed.Error : "It could not be recorded.", cancellation);
    }

    // whoever asked is told in the end, whatever it was
    private async Task<JobOutcome> MeetAsync(
        TrackingRequest request, MailAccount account, ProviderFault fault, bool isLastAttempt, CancellationToken cancellation)
    {
        if (fault.Kind == FaultKind.Revoked)
            await revocation.RevokeAsync(account.Id, fault.Grant!, fault.Message, cancellation);
        if (fault.Kind == FaultKind.Limited || (fault.Kind == FaultKind.Later && !isLastAttempt))
            return fault.ToOutcome();
        await requests.FailedAsync(request, fault.Message, cancellation);
        return JobOutcome.Done;
    }
}
