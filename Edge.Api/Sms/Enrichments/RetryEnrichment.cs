using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary><c>POST /api/enrichments/{id}/retry</c>: fetches the file of a failed item once more, with attempts as at first.</summary>
internal sealed class RetryEnrichment(NpgsqlDataSource database, JobOutbox outbox, MediaLinks links)
    : EndpointWithoutRequest<Results<Accepted<EnrichmentDetail>, ProblemHttpResult>>
{
    private const string LockSql =
        "SELECT status, part, media_url IS NOT NULL FROM enrichment_items WHERE id = $1 AND user_id = $2 FOR UPDATE";

    private const string Sql =
        """
        UPDATE enrichment_items
        SET status = 'pending', reason = NULL, failed_at = NULL
        WHERE id = $1 AND user_id = $2
        """;

    public override void Configure()
    {
        Post("/api/enrichments/{id:guid}/retry");
        Policies(Scope.Texts);
        Description(endpoint => endpoint.Titled("Texts", "Fetch the file of a failed item once more")
            .Produces<EnrichmentDetail>(202).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<Accepted<EnrichmentDetail>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var userId = HttpContext.Caller().UserId;
        OutgoingJob[] staged = [new(new EnrichMedia(Guid.CreateVersion7(), id))];
        if (await MoveAsync(id, userId, staged, ct) is { } refusal)
            return refusal;

        // read before the job is out, so that it is shown as it was made
        var item = await EnrichmentDetail.FindAsync(database, links, HttpContext.Request, id, userId, CancellationToken.None);
        await outbox.FlushAsync(staged, CancellationToken.None);
        return item is null ? Problems.NotFound("item", id) : TypedResults.Accepted($"/api/enrichments/{id}", item);
    }

    // in a method of its own, so that the connection is back before another one is asked for
    private async Task<ProblemHttpResult?> MoveAsync(Guid id, Guid userId, OutgoingJob[] staged, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var found = await tx.Command(LockSql, id, userId)
            .FirstAsync(row => new RetryDecision(row.GetString(0), row.GetInt16(1), row.GetBoolean(2)), ct);
        if (found is null)
            return Problems.NotFound("item", id);
        if (found.Refusal is { } refusal)
            return Problems.Conflict(refusal);

        await tx.Command(Sql, id, userId).RunAsync(ct);
        await outbox.StageAsync(connection, tx, staged, ct);
        await tx.CommitAsync(ct);
        return null;
    }
}
