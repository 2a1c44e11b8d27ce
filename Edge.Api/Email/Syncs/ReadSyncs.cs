namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary><c>GET /api/emails/sync/{id}</c>: the progress of a full sync.</summary>
internal sealed class GetSync(SyncStore store) : GetByIdEndpoint<SyncDetail>("sync")
{
    public override void Configure() => Read("/api/emails/sync/{id:guid}", Scope.Mail, "Mail tracking", "See how far a full sync is");

    protected override Task<SyncDetail?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        store.FindAsync(id, userId, cancellationToken);
}

internal sealed class ListSyncsRequest : PageRequest;

internal sealed class ListSyncsValidator() : PageValidator<ListSyncsRequest>(ListSyncs.Name);

/// <summary><c>GET /api/emails/sync</c>: the user's full syncs, newest first.</summary>
internal sealed class ListSyncs(SyncStore store) : ListEndpoint<ListSyncsRequest, SyncResponse>(Name)
{
    public const string Name = "syncs";

    public override void Configure() => List("/api/emails/sync", Scope.Mail, "Mail tracking", "List full syncs, newest first");

    protected override Task<List<SyncResponse>> ReadAsync(
        ListSyncsRequest request, Cursor? after, int take, CancellationToken cancellationToken) =>
        store.ListAsync(HttpContext.Caller().UserId, after?.Id, take, cancellationToken);

    protected override Cursor CursorOf(SyncResponse item) => new(item.CreatedAt, item.Id);
}
