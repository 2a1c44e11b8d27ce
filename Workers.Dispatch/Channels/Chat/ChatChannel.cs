using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Notifications;

namespace Switchboard.Workers.Dispatch.Channels.Chat;

/// <summary>Chat, by incoming webhooks of Slack, Discord and Teams.</summary>
internal sealed class ChatChannel(
    RecipientAddressStore addresses, IEnumerable<IAddressService> services, IOptions<ChatOptions> options, ILogger<ChatChannel> logger)
    : StoredAddressChannel(
        Core.Notifications.Channels.ChatChannel,
        new(options.Value.MessagesPerSecond, TimeSpan.FromSeconds(1)),
        addresses,
        services,
        logger);

/// <summary>What all services of chat have in common; section <c>Chat</c>. A webhook's address holds all that authorises it.</summary>
internal sealed class ChatOptions
{
    public const string Section = "Chat";

    /// <summary>How many messages go out in a second, over all services and processes; each webhook has its service's limit as
    /// well.</summary>
    [Range(1, 100_000)]
    public int MessagesPerSecond { get; set; } = 200;

    /// <summary>Hosts that webhooks may be at beside those of the services, such as a gateway: <c>chat.example.com</c>, or
    /// <c>*.example.com</c> for all below it. Https and a public address are wanted of them too.</summary>
    public IList<string> Hosts { get; init; } = [];

    /// <summary>A service at a private address or without TLS that webhooks may be at as well: <c>http://localhost:5090</c>, for
    /// development.</summary>
    [Url]
    public string? PrivateService { get; set; }

    /// <summary>How long a request may take.</summary>
    [Range(0.1, 60)]
    public double TimeoutSeconds { get; set; } = 4;

    /// <summary>The wait after a limit, if the service named none.</summary>
    [Range(0.1, 3600)]
    public double BusySeconds { get; set; } = 5;
}

/// <summary>Registration of the channel and of its services.</summary>
internal static class ChatServices
{
    public static IServiceCollection AddChat(this IServiceCollection services)
    {
        services.AddOptions<ChatOptions>().BindConfiguration(ChatOptions.Section).ValidateDataAnnotations()
            .Validate<IOptions<DispatchOptions>>(
                (options, dispatch) => 2 * options.TimeoutSeconds < dispatch.Value.InDoubtSeconds,
                "Chat:TimeoutSeconds must be shorter than half of Dispatch:InDoubtSeconds: an answer may be read as long again.")
            .ValidateOnStart();
        services.TryAddSingleton<RecipientAddressStore>();
        services.AddSingleton<ChatWebhookClient>();
        services.AddSingleton<IAddressService, SlackWebhook>();
        services.AddSingleton<IAddressService, DiscordWebhook>();
        services.AddSingleton<IAddressService, TeamsWebhook>();
        services.AddSingleton<IChannel, ChatChannel>();
        services.AddProviderHttpClient(
            ChatWebhookClient.HttpClientName,
            provider => new(
                Options(provider).PrivateService, TimeSpan.FromSeconds(Options(provider).TimeoutSeconds), AllowPrivateAddresses: true),
            isByHost: true);
        return services;
    }

    private static ChatOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<ChatOptions>>().Value;
}
