using Switchboard.Core.Media;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary>
/// <c>DELETE /api/enrichments/{id}</c>: an item and its file. The file goes first: the row is all that knows of it, so a crash in
/// between leaves an item without a file, which the same request sent again removes, and never a file without an item.
/// What is still worked on is not deleted: its job would keep the file again, and the rules of its SMS wait for it.
/// </summary>
internal sealed class DeleteEnrichment(EnrichmentStore items, IMediaStore files)
    : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/enrichments/{id:guid}");
        Policies(Scope.Sms);
        Description(endpoint => endpoint.Titled("SMS", "Delete an item and its file")
            .Produces(204).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var userId = HttpContext.Caller().UserId;
        if (await items.StateAsync(id, userId, ct) is not { } found)
            return Problems.NotFound("item", id);
        if (!found.IsSettled)
            return Busy(found.Status);

        foreach (var key in found.MediaKeys(userId, id))
            await files.DeleteAsync(key, ct);
        if (await items.DeleteAsync(id, userId, CancellationToken.None))
            return TypedResults.NoContent();
        // another request was quicker: to delete it, or to try it again
        return await items.StateAsync(id, userId, ct) is { } changed ? Busy(changed.Status) : TypedResults.NoContent();
    }

    private static ProblemHttpResult Busy(string status) =>
        Problems.Conflict($"The item is {status}. Delete it when it is completed or failed.");
}
