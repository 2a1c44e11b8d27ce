namespace Switchboard.Simulator.GraphTruth;

/// <summary>A sent mail with what became of it.</summary>
/// <param name="InternetMessageId">Its Message-ID.</param>
/// <param name="SentAt">In seconds since 1970.</param>
/// <param name="Domain">Of its first recipient.</param>
/// <param name="Outcome">What became of it.</param>
internal readonly record struct SentTruth(string InternetMessageId, long SentAt, string Domain, MailOutcome Outcome);
