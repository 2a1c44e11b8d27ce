using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary><c>GET /api/emails/sync/{id}</c>: the progress of a full sync.</summary>
internal sealed class GetSync(SyncStore store) : GetByIdEndpoint<SyncDetail>("sync")
{
    public override void Configure() => Read("/api/emails/sync/{id:guid}", Scope.Mail, "Mail tracking", "See how far a full sync is");

    protected override Task<SyncDetail?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        store.FindAsync(id, userId, cancellationToken);
}
