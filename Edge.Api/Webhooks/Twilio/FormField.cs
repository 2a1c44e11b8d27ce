using System.Text;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>A field of a form.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, the bytes that were sent: they are what is signed, whether they are UTF-8 or not.</param>
internal readonly record struct FormField(string Name, ReadOnlyMemory<byte> Value)
{
    /// <summary>The value as text.</summary>
    public string Text => Encoding.UTF8.GetString(Value.Span);
}
