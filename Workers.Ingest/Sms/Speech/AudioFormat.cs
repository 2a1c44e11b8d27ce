namespace Switchboard.Workers.Ingest.Sms.Speech;

/// <summary>How audio is encoded, in the words of Speech-to-Text (<c>RecognitionConfig</c>).</summary>
/// <param name="Encoding">The encoding.</param>
/// <param name="SampleRateHertz">Its samples a second; null where the file says it and Speech reads it.</param>
/// <param name="Channels">How many channels it has; null for one, or where the file says it and Speech reads it.</param>
internal sealed record AudioFormat(string Encoding, int? SampleRateHertz = null, int? Channels = null);
