using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Meta;

/// <summary>Options of the section <c>WhatsApp</c>; the values of the product's Development settings are the defaults.</summary>
internal sealed class WhatsAppOptions
{
    public const string Section = "WhatsApp";

    [Required]
    public string PhoneNumberId { get; set; } = "15550000000";

    [Required]
    public string AccessToken { get; set; } = "demo-whatsapp-token";

    /// <summary>Signs the callbacks.</summary>
    [Required]
    public string AppSecret { get; set; } = "demo-whatsapp-secret";

    /// <summary>Over so many messages a second error 130429 comes back; 0 for no limit. Meta's own default is 80.</summary>
    [Range(0, 1_000_000)]
    public int MessagesPerSecond { get; set; }

    /// <summary>How long statuses are gathered for one callback.</summary>
    [Range(0, 60_000)]
    public int CallbackWindowMilliseconds { get; set; } = 5;

    /// <summary>How many statuses one callback carries at the most.</summary>
    [Range(1, 1000)]
    public int CallbackMaxStatuses { get; set; } = 200;
}

/// <summary>The WhatsApp Cloud API at <c>/whatsapp</c>, and its callbacks to the edge.</summary>
internal static class WhatsAppEndpoints
{
    public static IServiceCollection AddWhatsApp(this IServiceCollection services)
    {
        services.AddOptions<WhatsAppOptions>().BindConfiguration(WhatsAppOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<MessageStore<SentMessage>>()
            .AddSingleton<MessageIds>()
            .AddSingleton<MessageJournal>()
            .AddSingleton<StatusQueue>()
            .AddSingleton<SendRate>()
            .AddSingleton<SendEndpoint>()
            .AddHostedService<JournalRecovery>()
            .AddHostedService<StatusCallbacks>()
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, WhatsAppJson.Default));
    }

    public static void MapWhatsApp(this WebApplication app)
    {
        app.MapPost("/whatsapp/{version}/{phoneNumberId}/messages", app.Services.GetRequiredService<SendEndpoint>().InvokeAsync);
        app.MapFallback("/whatsapp/{**rest}", MetaErrors.UnknownPath.WriteAsync);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SendRequest))]
[JsonSerializable(typeof(MessagePage))]
[JsonSerializable(typeof(MessageCount))]
[JsonSerializable(typeof(StatusSettings))]
[JsonSerializable(typeof(StatusByHand))]
[JsonSerializable(typeof(JournalLine))]
internal sealed partial class WhatsAppJson : JsonSerializerContext
{
    /// <summary>For what people read, and for the journal.</summary>
    public static WhatsAppJson Readable { get; } = new(ReadableJson.Options());
}
