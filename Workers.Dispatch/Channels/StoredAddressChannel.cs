using System.Security.Cryptography;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Providers;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Workers.Dispatch.Channels;

/// <summary>What sends to the addresses of one service: FCM to its tokens, Slack to its webhooks.</summary>
internal interface IAddressService
{
    /// <summary>The value of <c>recipient_addresses.service</c>.</summary>
    string Name { get; }

    /// <summary>Tries once to send. <see cref="FailureKind.NotFound"/> says that the address is dead: nothing will ever arrive
    /// there.</summary>
    /// <param name="address">The token, subscription or webhook: a secret, which is in no error, log or trace.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the wait; it may have been sent.</param>
    Task<SendResult> SendAsync(string address, ChannelMessage message, CancellationToken cancellationToken);
}

/// <summary>
/// A channel whose recipients are rows of <c>recipient_addresses</c>. An address is looked up when it is sent to, so that one that was
/// turned off meanwhile gets nothing; one that its service calls dead is turned off with what the service said.
/// </summary>
internal abstract partial class StoredAddressChannel(
    ChannelDefinition definition,
    RateLimit limit,
    RecipientAddressStore addresses,
    IEnumerable<IAddressService> services,
    ILogger logger) : IChannel, IDisposable
{
    private const int LookupsAtOnce = 4;

    private static readonly TimeSpan LookupRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeyRetry = TimeSpan.FromMinutes(1);

    // a batch of sends must not take the whole pool
    private readonly SemaphoreSlim _lookups = new(LookupsAtOnce);
    private readonly Dictionary<string, IAddressService> _services = services.ToDictionary(service => service.Name);

    public ChannelDefinition Definition => definition;

    public string LimitKey => definition.Name;

    public RateLimit Limit => limit;

    public async Task<SendResult> SendAsync(ChannelMessage message, CancellationToken cancellationToken)
    {
        RecipientAddress? address;
        try
        {
            address = Guid.TryParse(message.Recipient, out var id) ? await FindAsync(message.UserId, id, cancellationToken) : null;
        }
        catch (NpgsqlException exception)
        {
            return new SendResult.Deferred($"The address cannot be looked up: {LoggedException.Reason(exception)}", LookupRetry);
        }
        catch (CryptographicException)
        {
            // neither the message's fault nor the address's: the operator has the key
            return new ProviderFailure(
                FailureKind.Unauthorized, "The address cannot be decrypted by Encryption:Key or Encryption:PreviousKeys.",
                RetryAfter: KeyRetry);
        }

        if (Refusal(address) is { } refusal)
            return new ProviderFailure(FailureKind.Permanent, refusal);
        if (!_services.TryGetValue(address!.Service, out var service))
            return new ProviderFailure(FailureKind.Permanent, $"The channel {definition.Name} has no service '{address.Service}'.");

        var result = await service.SendAsync(address.Value, message, cancellationToken);
        return result is SendResult.Failed { Failure: { Kind: FailureKind.NotFound } dead }
            ? await DisableAsync(message.UserId, address.Id, dead)
            : result;
    }

    public void Dispose()
    {
        _lookups.Dispose();
        GC.SuppressFinalize(this);
    }

    private string? Refusal(RecipientAddress? address) => address switch
    {
        null => "The address is not there any more.",
        _ when address.Channel != definition.Name => $"The address is one of the channel {address.Channel}.",
        { DisabledReason: { } reason } => $"The address is turned off: {reason}",
        _ => null,
    };

    private async Task<RecipientAddress?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await _lookups.WaitAsync(cancellationToken);
        try
        {
            return await addresses.FindAsync(userId, id, cancellationToken);
        }
        finally
        {
            _lookups.Release();
        }
    }

    // What the service said is known to this process alone; if it cannot be noted, the next message finds it out again.
    private async Task<SendResult> DisableAsync(Guid userId, Guid id, ProviderFailure dead)
    {
        try
        {
            await addresses.DisableAsync(userId, id, dead.Error, CancellationToken.None);
        }
        catch (NpgsqlException exception)
        {
            Log.NotDisabled(logger, definition.Name, exception);
        }

        return dead with { Kind = FailureKind.Permanent };
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "A dead address of {Channel} was not turned off; the next message to it finds it out again: {Reason}")]
        public static partial void NotDisabled(ILogger logger, string channel, Redacted reason);
    }
}

/// <summary>Addresses that recipients bring along.</summary>
internal static class AddressOrigin
{
    /// <summary>Whether it is at this origin, that is scheme, host and port; nothing is at none.</summary>
    public static bool IsOf(this Uri address, string? origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var place)
        && Uri.Compare(address, place, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
