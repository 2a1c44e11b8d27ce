using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary><c>DELETE /api/sms/performance/cache</c>: every process forgets what it knows of numbers. Figures go on counting.</summary>
internal sealed class ClearSmsCaches(SmsCacheClearing caches) : EndpointWithoutRequest<NoContent>
{
    public override void Configure()
    {
        Delete("/api/sms/performance/cache");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint.Titled("Texts", "Clear the caches of phone numbers, in all processes")
            .Produces(204).Refuses(401, 403, 429, 503));
    }

    public override async Task<NoContent> ExecuteAsync(CancellationToken ct)
    {
        await caches.ClearAsync(ct);
        return TypedResults.NoContent();
    }
}
