extension GoDuration {
    /// The rough words docker's tables use, without `ago`: `Less than a second`, `About an hour`, `3 weeks`.
    package var human: String {
        let seconds = nanoseconds / 1_000_000_000
        let minutes = seconds / 60
        // Hours are rounded half up, days and more count whole hours.
        let hours = Int64(self.seconds / 3600 + 0.5)
        switch true {
        case seconds < 1: return "Less than a second"
        case seconds == 1: return "1 second"
        case seconds < 60: return "\(seconds) seconds"
        case minutes == 1: return "About a minute"
        case minutes < 60: return "\(minutes) minutes"
        case hours == 1: return "About an hour"
        case hours < 48: return "\(hours) hours"
        case hours < 24 * 14: return "\(hours / 24) days"
        case hours < 24 * 60: return "\(hours / 24 / 7) weeks"
        case hours < 24 * 730: return "\(hours / 24 / 30) months"
        default: return "\(Int64(self.seconds / 3600) / 24 / 365) years"
        }
    }
}
