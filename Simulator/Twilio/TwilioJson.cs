using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Simulator.Twilio.Media;

namespace Switchboard.Simulator.Twilio;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NewText))]
[JsonSerializable(typeof(NewMedia))]
[JsonSerializable(typeof(InboundAnswer))]
[JsonSerializable(typeof(TextPage))]
[JsonSerializable(typeof(TextCount))]
[JsonSerializable(typeof(StatusSettings))]
[JsonSerializable(typeof(StatusByHand))]
[JsonSerializable(typeof(OptOutNumber))]
[JsonSerializable(typeof(MediaView))]
[JsonSerializable(typeof(MediaSpec))]
[JsonSerializable(typeof(TextJournalLine))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class TwilioJson : JsonSerializerContext
{
    /// <summary>For what people read, for the journal, and for what is encoded in addresses; the same fields every time.</summary>
    public static TwilioJson Readable { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
