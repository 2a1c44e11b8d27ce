using System.Buffers.Text;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Notifications;

/// <summary>What a browser subscribes with.</summary>
/// <param name="PublicKey">The <c>applicationServerKey</c> of <c>pushManager.subscribe</c>, base64url.</param>
internal sealed record VapidKeyResponse(string PublicKey);

/// <summary><c>GET /api/push/vapid-key</c>: the key with which a web page subscribes its browser to push messages; always the
/// same.</summary>
internal sealed class ReadVapidKey(VapidKeyStore keys) : EndpointWithoutRequest<Ok<VapidKeyResponse>>
{
    public override void Configure()
    {
        Get("/api/push/vapid-key");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Notifications", "The key that browsers subscribe to web push with")
            .Produces<VapidKeyResponse>().Refuses(401, 403, 429, 503));
    }

    public override async Task<Ok<VapidKeyResponse>> ExecuteAsync(CancellationToken ct) =>
        TypedResults.Ok(new VapidKeyResponse(Base64Url.EncodeToString(await keys.PublicKeyAsync(ct))));
}
