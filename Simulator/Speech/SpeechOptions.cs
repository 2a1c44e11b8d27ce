using System.ComponentModel.DataAnnotations;

namespace Switchboard.Simulator.Speech;

/// <summary>Options of the section <c>Speech</c>; the values of the product's Development settings are the defaults.</summary>
internal sealed class SpeechOptions
{
    public const string Section = "Speech";

    [Required]
    public string ApiKey { get; set; } = "demo-speech-key";
}
