using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Sms.Media;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary>
/// <c>DELETE /api/enrichments/{id}</c>: an item and its file. The file goes first: the row is all that knows of it, so a crash in
/// between leaves an item without a file, which the same request sent again removes, and never a file without an item.
/// What is still worked on is not deleted: its job would keep the file again, and the rules of its text wait for it.
/// </summary>
internal sealed class DeleteEnrichment(NpgsqlDataSource database, IMediaStore store)
    : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    private const string FindSql = "SELECT status, part FROM enrichment_items WHERE id = $1 AND user_id = $2";

    private const string Sql =
        "DELETE FROM enrichment_items WHERE id = $1 AND user_id = $2 AND status IN ('completed', 'failed')";

    public override void Configure()
    {
        Delete("/api/enrichments/{id:guid}");
        Policies(Scope.Texts);
        Description(endpoint => endpoint.Titled("Texts", "Delete an item and its file")
            .Produces(204).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var userId = HttpContext.Caller().UserId;
        if (await FindAsync(id, userId, ct) is not { } found)
            return Problems.NotFound("item", id);
        if (!found.IsSettled)
            return Busy(found.Status);

        // by its name, not by the row: a try that failed may have kept it and died before it could say so
        if (found.Part > 0)
            await store.DeleteAsync(MediaKey.Of(userId, id), ct);
        if (await database.Command(Sql, id, userId).RunAsync(CancellationToken.None) > 0)
            return TypedResults.NoContent();
        // somebody else was quicker: to delete it, or to try it again
        return await FindAsync(id, userId, ct) is { } changed ? Busy(changed.Status) : TypedResults.NoContent();
    }

    private Task<FoundItem?> FindAsync(Guid id, Guid userId, CancellationToken ct) =>
        database.Command(FindSql, id, userId).FirstAsync(row => new FoundItem(row.GetString(0), row.GetInt16(1)), ct);

    private static ProblemHttpResult Busy(string status) =>
        Problems.Conflict($"The item is {status}. Delete it when it is completed or failed.");

    private sealed record FoundItem(string Status, int Part)
    {
        public bool IsSettled => Status is EnrichmentStatus.Completed or EnrichmentStatus.Failed;
    }
}
