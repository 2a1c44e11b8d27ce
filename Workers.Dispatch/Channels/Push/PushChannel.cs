using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Workers.Dispatch.Channels.Push;

/// <summary>Push, to devices by FCM and APNs and to browsers by web push.</summary>
internal sealed class PushChannel(
    RecipientAddressStore addresses, IEnumerable<IAddressService> services, IOptions<PushOptions> options, ILogger<PushChannel> logger)
    : StoredAddressChannel(
        Core.Notifications.Channels.PushChannel,
        new(options.Value.MessagesPerSecond, TimeSpan.FromSeconds(1)),
        addresses,
        services,
        logger);

/// <summary>What all services of push have in common; section <c>Push</c>.</summary>
internal sealed class PushOptions
{
    public const string Section = "Push";

    /// <summary>How many messages go out in a second, over all services and processes.</summary>
    [Range(1, 100_000)]
    public int MessagesPerSecond { get; set; } = 1_000;

    /// <summary>How long a message is of use after it was made, unless it says itself when it expires: so long a service keeps it for a
    /// device that is off. FCM and push services take four weeks at most.</summary>
    [Range(60, 2_419_200)]
    public int TimeToLiveSeconds { get; set; } = 259_200;

    /// <summary>Whether a secret is one: a deployment that has to name something names <c>none</c>.</summary>
    internal static bool IsSet(string value) => !string.IsNullOrWhiteSpace(value) && value != "none";
}

/// <summary>Registration of the channel and of its services.</summary>
internal static class PushServices
{
    public static IServiceCollection AddPush(this IServiceCollection services)
    {
        services.AddOptions<PushOptions>().BindConfiguration(PushOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<RecipientAddressStore>();
        services.AddSingleton<IChannel, PushChannel>();
        return services.AddFcm().AddApns().AddWebPush();
    }
}
