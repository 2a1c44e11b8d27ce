using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary><c>GET /api/emails/tracked/{id}</c>: a tracked mail with its thread.</summary>
internal sealed class GetTrackedEmail(TrackedEmailStore store) : GetByIdEndpoint<TrackedEmailDetail>("tracked mail")
{
    public override void Configure() =>
        Read("/api/emails/tracked/{id:guid}", Scope.Mail, "Tracked mail", "Read a tracked mail and its thread");

    protected override Task<TrackedEmailDetail?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        store.FindAsync(id, userId, cancellationToken);
}
