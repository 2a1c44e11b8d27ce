using Microsoft.Extensions.Options;
using Switchboard.Simulator.Journal;

namespace Switchboard.Simulator.Twilio;

/// <summary>The texts, in both directions.</summary>
internal sealed class TextStore(IOptions<SimulatorOptions> options, TimeProvider time) : Ledger<TextMessage>(options, time);
