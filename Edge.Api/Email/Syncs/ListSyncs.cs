using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Syncs;

internal sealed class ListSyncsRequest : PageRequest;

internal sealed class ListSyncsValidator() : PageValidator<ListSyncsRequest>(ListSyncs.Name);

/// <summary><c>GET /api/emails/sync</c>: the user's full syncs, newest first.</summary>
internal sealed class ListSyncs(SyncStore store) : Endpoint<ListSyncsRequest, Ok<Page<SyncResponse>>>
{
    public const string Name = "syncs";

    public override void Configure()
    {
        Get("/api/emails/sync");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mail tracking", "List full syncs, newest first")
            .Produces<Page<SyncResponse>>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Ok<Page<SyncResponse>>> ExecuteAsync(ListSyncsRequest request, CancellationToken cancellationToken)
    {
        var syncs = await store.ListAsync(
            HttpContext.Caller().UserId, Cursor.Of(Name, request)?.Id, request.PageSize() + 1, cancellationToken);
        return TypedResults.Ok(Page<SyncResponse>.Of(syncs, request.PageSize(), last => new Cursor(last.CreatedAt, last.Id).Encode(Name)));
    }
}
