using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary><c>GET /api/emails/track/{id}</c>: what came of a mail that was asked to be tracked.</summary>
internal sealed class GetTrackRequest(TrackRequestStore store) : GetByIdEndpoint<TrackResponse>("request")
{
    public override void Configure() =>
        Read("/api/emails/track/{id:guid}", Scope.Mail, "Mail tracking", "Read a request to track a mail and its outcome");

    protected override Task<TrackResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        store.FindAsync(id, userId, cancellationToken);
}
