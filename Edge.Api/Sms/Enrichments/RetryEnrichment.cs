using Switchboard.Core.Jobs;
using Switchboard.Core.Sms;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary><c>POST /api/enrichments/{id}/retry</c>: fetches the file of a failed item once more, with attempts as at first.</summary>
internal sealed class RetryEnrichment(NpgsqlDataSource dataSource, EnrichmentStore items, JobOutbox outbox, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<Accepted<EnrichmentDetail>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/enrichments/{id:guid}/retry");
        Policies(Scope.Sms);
        Description(endpoint => endpoint.Titled("SMS", "Fetch the file of a failed item once more")
            .Produces<EnrichmentDetail>(202).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<Accepted<EnrichmentDetail>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var userId = HttpContext.Caller().UserId;
        OutgoingJob[] staged = [new(new EnrichMedia(Guid.CreateVersion7(timeProvider.GetUtcNow()), id))];
        if (await MoveAsync(id, userId, staged, ct) is { } refusal)
            return refusal;

        // read before the job is out, so that it is shown as it was made
        var item = await items.FindAsync(id, userId, HttpContext.Request, CancellationToken.None);
        await outbox.FlushAsync(staged, CancellationToken.None);
        return item is null ? Problems.NotFound("item", id) : TypedResults.Accepted($"/api/enrichments/{id}", item);
    }

    // a method by itself, so that the connection is back before another one is asked for
    private async Task<ProblemHttpResult?> MoveAsync(Guid id, Guid userId, OutgoingJob[] staged, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await items.LockStateAsync(transaction, id, userId, ct) is not { } found)
            return Problems.NotFound("item", id);
        if (new RetryDecision(found.Status, found.Part, found.HasMediaUrl).Refusal is { } refusal)
            return Problems.Conflict(refusal);

        await items.ResetAsync(transaction, id, userId, ct);
        await outbox.StageAsync(connection, transaction, staged, ct);
        await transaction.CommitAsync(ct);
        return null;
    }
}

/// <summary>Whether an item may be tried once more. A pure decision.</summary>
/// <param name="Status">How far it is.</param>
/// <param name="Part">0 is the SMS itself.</param>
/// <param name="HasMediaUrl">Whether its provider said where the file is.</param>
internal sealed record RetryDecision(string Status, int Part, bool HasMediaUrl)
{
    /// <summary>Why not, and what to do; null when it may.</summary>
    public string? Refusal => (Status, Part, HasMediaUrl) switch
    {
        (EnrichmentStatus.Completed, _, _) => "The item is completed: there is nothing to try again.",
        (not EnrichmentStatus.Failed, _, _) =>
            $"The item is {Status}: it is tried again by itself. Wait until it is completed or failed.",
        (_, 0, _) => "This item is the SMS itself, without a file to fetch again. Ask its sender for it once more.",
        (_, _, false) => "The provider named no address of this file. Ask its sender for it once more.",
        _ => null,
    };
}
