using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Switchboard.Edge.Api.Webhooks.Graph;

/// <summary>Whether a notification shows the secret of our subscriptions. Its time tells nothing about the secret but its length.</summary>
internal sealed class GraphClientState(IOptions<GraphWebhookOptions> options)
{
    private readonly string _expected = options.Value.ClientState;

    public bool IsOurs(string? given) =>
        _expected.Length > 0 && given is not null
        && CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(given.AsSpan()), MemoryMarshal.AsBytes(_expected.AsSpan()));
}
